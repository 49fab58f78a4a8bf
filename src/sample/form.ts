/** The form of a sample: what it holds, what is wrong with it, and the request that it means. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type {
  Link,
  SampleMethod,
  SamplePlan,
  SampleRequest
} from '../api/types';
import { isDatasetName } from '../ui/dataset-name';
import { keysOf, textOfKeys } from './keys';
import { usesOf } from './methods';

/** What the form holds; numbers as they were typed. */
export interface ISampleForm {
  rows: string;
  seed: string;
  dataset: string;
  method: SampleMethod;
  pace: 'gentle' | 'fast';
  /** Columns that the method goes by. */
  by: readonly string[];
  allocation: 'proportional' | 'equal';
  /** The column by which the top rows are the top, or empty. */
  order: string;
  per: string;
  start: string;
  end: string;
  /** A key a line. */
  keys: string;
  where: string;
  masks: Readonly<Record<string, string>>;
  related: boolean;
  /** Names of the links that are followed down. */
  children: readonly string[];
  /** Names of the links that are not followed up. */
  cut: readonly string[];
  /** Logical keys that were confirmed. */
  links: readonly Link[];
}

/** The form before the first plan has filled it. */
export const BLANK: ISampleForm = {
  rows: '',
  seed: '',
  dataset: '',
  method: 'uniform',
  pace: 'gentle',
  by: [],
  allocation: 'proportional',
  order: '',
  per: '10',
  start: '',
  end: '',
  keys: '',
  where: '',
  masks: {},
  related: false,
  children: [],
  cut: [],
  links: []
};

/** The fields that something can be wrong with. */
export type SampleField =
  | 'rows'
  | 'seed'
  | 'dataset'
  | 'by'
  | 'order'
  | 'per'
  | 'start'
  | 'end'
  | 'keys'
  | 'where';

/** What is wrong, by field; empty when nothing is. */
export type SampleFaults = Partial<Record<SampleField, string>>;

/** The form with what a plan says where it was left blank. */
export function filled(form: ISampleForm, plan: SamplePlan): ISampleForm {
  return {
    ...form,
    rows: form.rows || String(plan.rows),
    seed: form.seed || String(plan.seed),
    dataset: form.dataset || plan.dataset
  };
}

/** The form that means a request. */
export function formOf(request: SampleRequest): ISampleForm {
  const text = (value: unknown): string =>
    typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
  return {
    rows: text(request.rows),
    seed: text(request.seed),
    dataset: text(request.dataset),
    method: request.method ?? BLANK.method,
    pace: request.pace ?? BLANK.pace,
    by: request.by ?? [],
    allocation: request.allocation ?? BLANK.allocation,
    order: text(request.order),
    per: text(request.per ?? BLANK.per),
    start: text(request.start),
    end: text(request.end),
    keys: textOfKeys(request.keys ?? []),
    where: text(request.where),
    masks: request.masks ?? {},
    related: request.related ?? false,
    children: request.children ?? [],
    cut: request.cut ?? [],
    links: request.links ?? []
  };
}

/**
 * What the browser itself can tell is wrong; limits of the source are the server's to say.
 * @param key the columns of the table's key
 */
export function faultsOf(
  form: ISampleForm,
  key: readonly string[],
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
  const uses = usesOf(form.method);
  if (uses.by && form.by.length === 0) {
    faults.by = trans.__('Choose a column.');
  }
  if (uses.order && form.order === '') {
    faults.order = trans.__('Choose a column.');
  }
  if (uses.order && (!isWhole(form.per) || Number(form.per) < 1)) {
    faults.per = trans.__('A whole number, 1 or more.');
  }
  if (uses.span && form.start.trim() === '' && form.end.trim() === '') {
    faults.start = trans.__('Say where it starts, where it ends, or both.');
  }
  if (uses.keys) {
    const fault = keysFault(form.keys, key, trans);
    if (fault !== null) {
      faults.keys = fault;
    }
  }
  return faults;
}

/**
 * The request that the form means; what is blank, or not used by the method, is left to the server.
 * @param width how many columns the table's key has
 */
export function requestOf(
  source: string,
  table: string,
  form: ISampleForm,
  width: number
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
  if (form.pace !== BLANK.pace) {
    request.pace = form.pace;
  }
  if (form.where.trim() !== '') {
    request.where = form.where.trim();
  }
  if (form.method !== BLANK.method) {
    Object.assign(request, methodOf(form, width));
  }
  if (form.related) {
    request.related = true;
    request.children = [...form.children];
    request.cut = [...form.cut];
    request.links = [...form.links];
  }
  return request;
}

function methodOf(form: ISampleForm, width: number): Partial<SampleRequest> {
  const uses = usesOf(form.method);
  const asked: Partial<SampleRequest> = { method: form.method };
  if (uses.by) {
    asked.by = uses.by === 'one' ? form.by.slice(0, 1) : [...form.by];
  }
  if (uses.allocation) {
    asked.allocation = form.allocation;
  }
  if (uses.order) {
    asked.order = form.order;
    asked.per = Number(form.per);
  }
  if (uses.span) {
    asked.start = form.start.trim() || null;
    asked.end = form.end.trim() || null;
  }
  if (uses.keys) {
    asked.keys = keysOf(form.keys, width);
  }
  return asked;
}

function keysFault(
  text: string,
  key: readonly string[],
  trans: TranslationBundle
): string | null {
  const keys = keysOf(text, key.length);
  if (keys.length === 0) {
    return trans.__('Give a key a line.');
  }
  const wrong = keys.findIndex(one => one.length !== key.length);
  return wrong < 0
    ? null
    : trans.__(
        'Key %1 is not of the columns %2, with a comma between.',
        wrong + 1,
        key.join(', ')
      );
}

function isWhole(typed: string): boolean {
  return typed.trim() !== '' && Number.isSafeInteger(Number(typed));
}
