/** The form of a sample: what it holds, what is wrong with it, and the request that it means. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { SamplePlan, SampleRequest } from '../api/types';
import { isDatasetName } from '../ui/dataset-name';

/** What the form holds; numbers as they were typed. */
export interface ISampleForm {
  rows: string;
  seed: string;
  dataset: string;
  masks: Readonly<Record<string, string>>;
}

/** The form before the first plan has filled it. */
export const BLANK: ISampleForm = {
  rows: '',
  seed: '',
  dataset: '',
  masks: {}
};

/** What is wrong, by field; empty when nothing is. */
export type SampleFaults = Partial<Record<'rows' | 'seed' | 'dataset', string>>;

/** The form that says what a plan says. */
export function formOf(plan: SamplePlan): ISampleForm {
  return {
    rows: String(plan.rows),
    seed: String(plan.seed),
    dataset: plan.dataset,
    masks: {}
  };
}

/** What the browser itself can tell is wrong; limits of the source are the server's to say. */
export function faultsOf(
  form: ISampleForm,
  trans: TranslationBundle
): SampleFaults {
  const faults: SampleFaults = {};
  if (!isWhole(form.rows) || Number(form.rows) < 1) {
    faults.rows = trans.__('A whole number, 1 or more.');
  }
  if (!isWhole(form.seed)) {
    faults.seed = trans.__('A whole number.');
  }
  if (!isDatasetName(form.dataset)) {
    faults.dataset = trans.__(
      'Two parts of letters, digits, - and _, with a dot between, such as prod.orders.'
    );
  }
  return faults;
}

/** The request that the form means; fields that are blank are left to the server. */
export function requestOf(
  source: string,
  table: string,
  form: ISampleForm
): SampleRequest {
  const request: SampleRequest = { source, table, masks: { ...form.masks } };
  if (form.rows !== '') {
    request.rows = Number(form.rows);
  }
  if (form.seed !== '') {
    request.seed = Number(form.seed);
  }
  if (form.dataset !== '') {
    request.dataset = form.dataset;
  }
  return request;
}

function isWhole(typed: string): boolean {
  return typed.trim() !== '' && Number.isSafeInteger(Number(typed));
}
