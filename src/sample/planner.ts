/** Plans a sample while its form is filled: each plan is a look at production, so there are few. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';
import { asHeadwaterError, isAbort, type HeadwaterError } from '../api/errors';
import type { SamplePlan, SampleRequest } from '../api/types';
import type { IHeadwater } from '../tokens';
import {
  BLANK,
  faultsOf,
  filled,
  formOf,
  requestOf,
  type ISampleForm,
  type SampleFaults,
  type SampleField
} from './form';
import { fieldOf } from './refusal';

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

  get source(): string {
    return this._source;
  }

  /** The root table. */
  get table(): string {
    return this._table;
  }

  get form(): ISampleForm {
    return this._form;
  }

  /** The newest plan that came; null before the first. */
  get plan(): SamplePlan | null {
    return this._plan;
  }

  /** Why the server would not plan, where that is not among the `faults`. */
  get failure(): HeadwaterError | null {
    return this._refusedField === null ? this._failure : null;
  }

  /** Whether what is shown waits for a plan. */
  get isPlanning(): boolean {
    return this._isPlanning;
  }

  /** What is wrong with the form; nothing before the first plan has filled it. */
  get faults(): SampleFaults {
    const faults = this._ownFaults;
    const field = this._refusedField;
    if (field !== null && this._failure !== null) {
      const { message, hint } = this._failure;
      faults[field] ??= [message, hint].filter(Boolean).join(' ');
    }
    return faults;
  }

  get request(): SampleRequest {
    const width = this._plan?.key.length ?? this._width;
    return requestOf(this._source, this._table, this._form, width);
  }

  /** Plan a sample of another table of the source, from the start. */
  turnTo(table: string): void {
    if (table !== this._table) {
      this._start(this._source, table, BLANK);
      void this.replan();
    }
  }

  /** Take what was asked for before. */
  use(request: SampleRequest): void {
    this._start(request.source, request.table, formOf(request));
    this._width = request.keys?.[0]?.length ?? 0;
    void this.replan();
  }

  /** Take what the user entered. It is planned when they pause, if it can be and says something new. */
  change(change: Partial<ISampleForm>): void {
    this._form = { ...this._form, ...change };
    this._stop();
    const isNew = question(this.request) !== this._answered;
    if (isNew) {
      this._refusedField = null;
    }
    this._isPlanning = isNew && Object.keys(this._ownFaults).length === 0;
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
      this._form = this._plan === null ? filled(this._form, plan) : this._form;
      this._plan = plan;
      this._answered = question(this.request);
      this._failure = null;
      this._refusedField = null;
    } catch (reason) {
      if (isAbort(reason) || abort.signal.aborted) {
        return;
      }
      this._answered = null;
      this._failure = asHeadwaterError(reason);
      this._refusedField = this._plan && fieldOf(this._failure, request);
    }
    this._isPlanning = false;
    this._changed.emit();
  }

  dispose(): void {
    this._stop();
    Signal.clearData(this);
  }

  private _start(source: string, table: string, form: ISampleForm): void {
    this._source = source;
    this._table = table;
    this._form = form;
    this._plan = null;
    this._failure = null;
    this._refusedField = null;
    this._answered = null;
    this._width = 0;
  }

  private get _ownFaults(): SampleFaults {
    return this._plan === null
      ? {}
      : faultsOf(this._form, this._plan.key, this._trans);
  }

  /** No older answer may come after a newer question. */
  private _stop(): void {
    this._abort.abort();
    window.clearTimeout(this._timer);
  }

  private readonly _headwater: IHeadwater;
  private readonly _trans: TranslationBundle;
  private readonly _changed = new Signal<SamplePlanner, void>(this);
  private _source: string;
  private _table: string;
  private _form = BLANK;
  private _plan: SamplePlan | null = null;
  private _failure: HeadwaterError | null = null;
  /** The field that the failure is about. */
  private _refusedField: SampleField | null = null;
  /** How many columns the keys have, until a plan says it. */
  private _width = 0;
  private _isPlanning = false;
  /** The question that the plan answers. */
  private _answered: string | null = null;
  private _abort = new AbortController();
  private _timer = 0;
}

/** What of a request a plan depends on: the name that the sample gets changes nothing of it. */
function question(request: SampleRequest): string {
  const { dataset: _dataset, masks, ...asked } = request;
  return JSON.stringify([asked, Object.entries(masks ?? {}).sort()]);
}
