/** Plans a sample while its form is filled: each plan is a look at production, so there are few. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';
import { asHeadwaterError, isAbort, type HeadwaterError } from '../api/errors';
import type { SamplePlan, SampleRequest } from '../api/types';
import type { IHeadwater } from '../tokens';
import {
  BLANK,
  faultsOf,
  formOf,
  requestOf,
  type ISampleForm,
  type SampleFaults
} from './form';

/** How long the form must rest before it is planned, in milliseconds. */
export const SETTLE_MS = 500;

export class SamplePlanner {
  constructor(
    headwater: IHeadwater,
    source: string,
    table: string,
    trans: TranslationBundle
  ) {
    this._headwater = headwater;
    this._source = source;
    this._table = table;
    this._trans = trans;
  }

  get changed(): ISignal<SamplePlanner, void> {
    return this._changed;
  }

  get form(): ISampleForm {
    return this._form;
  }

  /** The newest plan that came; null before the first. */
  get plan(): SamplePlan | null {
    return this._plan;
  }

  get failure(): HeadwaterError | null {
    return this._failure;
  }

  /** Whether what is shown waits for a plan. */
  get isPlanning(): boolean {
    return this._isPlanning;
  }

  /** What is wrong with the form; nothing before the first plan has filled it. */
  get faults(): SampleFaults {
    return this._plan === null ? {} : faultsOf(this._form, this._trans);
  }

  get request(): SampleRequest {
    return requestOf(this._source, this._table, this._form);
  }

  /** Take what the user entered. It is planned when they pause, if it can be and says something new. */
  change(change: Partial<ISampleForm>): void {
    this._form = { ...this._form, ...change };
    this._stop();
    const isNew = question(this.request) !== this._answered;
    this._isPlanning = isNew && Object.keys(this.faults).length === 0;
    if (this._isPlanning) {
      this._timer = window.setTimeout(() => void this.replan(), SETTLE_MS);
    }
    this._changed.emit();
  }

  /** Plan now. */
  async replan(): Promise<void> {
    this._stop();
    const abort = (this._abort = new AbortController());
    const { request } = this;
    this._isPlanning = true;
    this._changed.emit();
    try {
      const plan = await this._headwater.client.planSample(
        request,
        abort.signal
      );
      if (abort.signal.aborted) {
        return;
      }
      if (this._plan === null) {
        this._form = formOf(plan);
      }
      this._plan = plan;
      this._answered = question(this.request);
      this._failure = null;
    } catch (reason) {
      if (isAbort(reason) || abort.signal.aborted) {
        return;
      }
      this._answered = null;
      this._failure = asHeadwaterError(reason);
    }
    this._isPlanning = false;
    this._changed.emit();
  }

  dispose(): void {
    this._stop();
    Signal.clearData(this);
  }

  /** No older answer may come after a newer question. */
  private _stop(): void {
    this._abort.abort();
    window.clearTimeout(this._timer);
  }

  private readonly _headwater: IHeadwater;
  private readonly _source: string;
  private readonly _table: string;
  private readonly _trans: TranslationBundle;
  private readonly _changed = new Signal<SamplePlanner, void>(this);
  private _form = BLANK;
  private _plan: SamplePlan | null = null;
  private _failure: HeadwaterError | null = null;
  private _isPlanning = false;
  /** The question that the plan answers. */
  private _answered: string | null = null;
  private _abort = new AbortController();
  private _timer = 0;
}

/** What of a request a plan depends on: the name that the sample gets changes nothing of it. */
function question(request: SampleRequest): string {
  const masks = Object.entries(request.masks ?? {}).sort();
  return JSON.stringify([request.rows, request.seed, masks]);
}
