/** The dialog of a sample: plans it, and plans it again as masks change. Loaded when it is first opened. */

import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { asHeadwaterError, isAbort, type HeadwaterError } from '../api/errors';
import type { SamplePlan, SampleRequest } from '../api/types';
import type { IHeadwater } from '../tokens';
import { SampleView, type ISampleForm } from './view';
import * as React from 'react';

const SETTLE_MS = 300;

/** The request that the form means; `UsageError`s are the server's to say. */
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
  if (form.dataset.trim() !== '') {
    request.dataset = form.dataset.trim();
  }
  return request;
}

class SampleBody
  extends ReactWidget
  implements Dialog.IBodyWidget<SampleRequest>
{
  constructor(
    headwater: IHeadwater,
    source: string,
    table: string,
    trans: TranslationBundle
  ) {
    super();
    this._headwater = headwater;
    this._source = source;
    this._table = table;
    this._trans = trans;
    this.addClass('jp-Headwater-sampleBody');
    void this._replan();
  }

  getValue(): SampleRequest {
    return requestOf(this._source, this._table, this._form);
  }

  override dispose(): void {
    this._abort.abort();
    window.clearTimeout(this._timer);
    super.dispose();
  }

  protected render(): JSX.Element {
    return (
      <SampleView
        plan={this._plan}
        failure={this._failure}
        form={this._form}
        trans={this._trans}
        onChange={change => this._change(change)}
        onRetry={() => void this._replan()}
      />
    );
  }

  private _change(change: Partial<ISampleForm>): void {
    this._form = { ...this._form, ...change };
    this.update();
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this._replan(), SETTLE_MS);
  }

  private async _replan(): Promise<void> {
    this._abort.abort();
    const abort = (this._abort = new AbortController());
    try {
      const plan = await this._headwater.client.planSample(
        this.getValue(),
        abort.signal
      );
      if (this._plan === null) {
        this._form = {
          ...this._form,
          rows: String(plan.rows),
          seed: String(plan.seed),
          dataset: plan.dataset
        };
      }
      this._plan = plan;
      this._failure = null;
    } catch (reason) {
      if (isAbort(reason)) {
        return;
      }
      this._failure = asHeadwaterError(reason);
    }
    if (!this.isDisposed) {
      this.update();
    }
  }

  private readonly _headwater: IHeadwater;
  private readonly _source: string;
  private readonly _table: string;
  private readonly _trans: TranslationBundle;
  private _form: ISampleForm = { rows: '', seed: '', dataset: '', masks: {} };
  private _plan: SamplePlan | null = null;
  private _failure: HeadwaterError | null = null;
  private _abort = new AbortController();
  private _timer = 0;
}

/** Ask how to draw; null when the user changed their mind. */
export async function askForSample(
  headwater: IHeadwater,
  source: string,
  table: string,
  trans: TranslationBundle
): Promise<SampleRequest | null> {
  const answer = await showDialog({
    title: trans.__('Sample of %1 from %2', table, source),
    body: new SampleBody(headwater, source, table, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Load Sample') })
    ]
  });
  return answer.button.accept ? answer.value : null;
}
