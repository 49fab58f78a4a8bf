/** Which datasets were used last, remembered from session to session. */

import type { IStateDB } from '@jupyterlab/statedb';
import { Signal, type ISignal } from '@lumino/signaling';
import { asHeadwaterError, type HeadwaterError } from '../api/errors';
import type { Dataset, HeadwaterEvent } from '../api/types';
import type { IHeadwater } from '../tokens';

const KEPT = 12;
const KEY = 'headwater:recent';
const SETTLE_MS = 250;

export class RecentModel {
  /** @param state where names are kept between sessions; without one they last as long as the page. */
  constructor(headwater: IHeadwater, state: IStateDB | null) {
    this._headwater = headwater;
    this._state = state;
    headwater.selection.changed.connect(() => this._changed.emit());
    headwater.events.event.connect((_, event) => this._onEvent(event));
  }

  get changed(): ISignal<RecentModel, void> {
    return this._changed;
  }

  /** The last used first; null before the first answer. */
  get datasets(): readonly Dataset[] | null {
    return this._datasets;
  }

  get failure(): HeadwaterError | null {
    return this._failure;
  }

  get selected(): string | null {
    return this._headwater.selection.dataset;
  }

  select(name: string): void {
    this._headwater.selection.select(name);
  }

  /** Load what is shown; later calls do nothing. */
  start(): void {
    if (!this._started) {
      this._started = true;
      void this.refresh();
    }
  }

  /** Note that `name` was used. */
  async note(name: string): Promise<void> {
    const names = await this._remembered();
    if (names[0] === name) {
      return;
    }
    this._names = [name, ...names.filter(other => other !== name)].slice(
      0,
      KEPT
    );
    await this._state?.save(KEY, { names: [...this._names] });
    if (this._started) {
      await this.refresh();
    }
  }

  /** Ask for the datasets again; one that is gone is forgotten. */
  async refresh(): Promise<void> {
    const { client } = this._headwater;
    try {
      const names = await this._remembered();
      const found = await Promise.all(
        names.map(name =>
          client.dataset(name).catch((reason: unknown) => {
            if (asHeadwaterError(reason).status === 404) {
              return null;
            }
            throw reason;
          })
        )
      );
      this._datasets = found.filter(one => one !== null);
      this._failure = null;
    } catch (reason) {
      this._failure = asHeadwaterError(reason);
    }
    this._changed.emit();
  }

  private async _remembered(): Promise<readonly string[]> {
    if (this._names === null) {
      const kept = await this._state?.fetch(KEY);
      const names = (kept as { names?: unknown } | undefined)?.names;
      // Two may have asked at once: what was noted meanwhile stays.
      this._names ??= Array.isArray(names)
        ? names.filter(name => typeof name === 'string').slice(0, KEPT)
        : [];
    }
    return this._names;
  }

  private _onEvent(event: HeadwaterEvent): void {
    const name = event.subject.split('@')[0];
    if (this._started && this._names?.includes(name)) {
      window.clearTimeout(this._settle);
      this._settle = window.setTimeout(() => void this.refresh(), SETTLE_MS);
    }
  }

  private readonly _headwater: IHeadwater;
  private readonly _state: IStateDB | null;
  private readonly _changed = new Signal<RecentModel, void>(this);
  private _names: readonly string[] | null = null;
  private _datasets: readonly Dataset[] | null = null;
  private _failure: HeadwaterError | null = null;
  private _started = false;
  private _settle = 0;
}
