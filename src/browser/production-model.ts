/** Sources of production data and their tables; never a row. */

import { Signal, type ISignal } from '@lumino/signaling';
import { asHeadwaterError, type HeadwaterError } from '../api/errors';
import type { Source, SourceTable } from '../api/types';
import type { IHeadwater } from '../tokens';

/** The tables of one source as far as they were asked for. */
export interface ITables {
  tables: readonly SourceTable[];
  cursor: string | null;
  failure: HeadwaterError | null;
  loading: boolean;
}

const NONE: ITables = {
  tables: [],
  cursor: null,
  failure: null,
  loading: true
};
const TYPING_MS = 200;

export class ProductionModel {
  constructor(headwater: IHeadwater) {
    this._headwater = headwater;
  }

  get changed(): ISignal<ProductionModel, void> {
    return this._changed;
  }

  /** The configured sources; null before the first answer. */
  get sources(): readonly Source[] | null {
    return this._sources;
  }

  get failure(): HeadwaterError | null {
    return this._failure;
  }

  get query(): string {
    return this._query;
  }

  tables(source: string): ITables {
    return this._tables.get(source) ?? NONE;
  }

  /** Load the sources; later calls do nothing. */
  start(): void {
    if (!this._started) {
      this._started = true;
      void this.refresh();
    }
  }

  async refresh(): Promise<void> {
    try {
      this._sources = (await this._headwater.client.sources()).sources;
      this._failure = null;
    } catch (reason) {
      this._failure = asHeadwaterError(reason);
    }
    this._changed.emit();
    for (const source of this._sources ?? []) {
      if (source.available) {
        void this._load(source.name);
      }
    }
  }

  /** Keep the tables whose names or columns hold these words. */
  find(query: string): void {
    this._query = query;
    this._changed.emit();
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      (this._sources ?? [])
        .filter(s => s.available)
        .forEach(s => void this._load(s.name));
    }, TYPING_MS);
  }

  /** Load the next tables of a source. */
  async more(source: string): Promise<void> {
    const known = this.tables(source);
    if (known.cursor !== null) {
      await this._load(source, known);
    }
  }

  private async _load(source: string, after: ITables = NONE): Promise<void> {
    const query = this._query;
    try {
      const cursor = after.cursor ?? undefined;
      const page = await this._headwater.client.tables(source, query, cursor);
      if (query === this._query) {
        this._tables.set(source, {
          tables: [...after.tables, ...page.tables],
          cursor: page.next_cursor,
          failure: null,
          loading: false
        });
      }
    } catch (reason) {
      this._tables.set(source, {
        ...after,
        failure: asHeadwaterError(reason),
        loading: false
      });
    }
    this._changed.emit();
  }

  private readonly _headwater: IHeadwater;
  private readonly _changed = new Signal<ProductionModel, void>(this);
  private readonly _tables = new Map<string, ITables>();
  private _sources: readonly Source[] | null = null;
  private _failure: HeadwaterError | null = null;
  private _query = '';
  private _started = false;
  private _timer = 0;
}
