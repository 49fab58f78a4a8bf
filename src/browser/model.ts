/** The datasets of the browser: a search, its pages as far as they were wanted, and one selected. */

import { Signal, type ISignal } from '@lumino/signaling';
import {
  asHeadwaterError,
  isAbort,
  otherVersion,
  type HeadwaterError
} from '../api/errors';
import type {
  DatasetSummary,
  HeadwaterEvent,
  IDatasetQuery,
  Kind
} from '../api/types';
import { VERSION } from '../api/version';
import type { IHeadwater } from '../tokens';

export type Sort = NonNullable<IDatasetQuery['sort']>;

/** What is searched for. */
export interface ISearch {
  query: string;
  namespace: string;
  kind: Kind | '';
  sort: Sort;
}

const PAGE = 50;
const TYPING_MS = 150;
const SETTLE_MS = 250;
/** So many loaded rows are asked for again when something changed; more are mended one by one. */
const REFETCHED = 400;

export class BrowserModel {
  constructor(headwater: IHeadwater) {
    this._headwater = headwater;
    headwater.events.event.connect((_, event) => this._onEvent(event));
    headwater.events.connectionChanged.connect((_, connected) => {
      // What happened while the connection was lost is in the ledger, not in the stream.
      if (connected && this._started) {
        void this.refresh();
      }
    });
  }

  /** Emitted whenever anything that a view shows has changed. */
  get changed(): ISignal<BrowserModel, void> {
    return this._changed;
  }

  get search(): Readonly<ISearch> {
    return this._search;
  }

  /** The rows loaded so far, in order. */
  get rows(): readonly DatasetSummary[] {
    return this._rows;
  }

  /** How many the search finds in all; null before the first answer. */
  get total(): number | null {
    return this._total;
  }

  get totalIsCapped(): boolean {
    return this._totalIsCapped;
  }

  get namespaces(): readonly string[] {
    return this._namespaces;
  }

  /** Why there is nothing to show. */
  get failure(): HeadwaterError | null {
    return this._failure;
  }

  /** What the server says about itself that people should know. */
  get warnings(): readonly string[] {
    return this._warnings;
  }

  get selected(): string | null {
    return this._headwater.selection.dataset;
  }

  /** Load the first page; later calls do nothing. */
  start(): void {
    if (!this._started) {
      this._started = true;
      void this.refresh();
    }
  }

  /** Search for something else; typing is waited for. */
  find(change: Partial<ISearch>): void {
    const typed =
      change.query !== undefined && change.query !== this._search.query;
    this._search = { ...this._search, ...change };
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(
      () => void this._load(PAGE),
      typed ? TYPING_MS : 0
    );
    this._changed.emit();
  }

  select(name: string | null): void {
    this._headwater.selection.select(name);
    this._changed.emit();
  }

  /** Ask for the handshake, the namespaces and the rows again. */
  async refresh(): Promise<void> {
    try {
      const status = await this._headwater.client.status();
      if (status.version !== VERSION) {
        throw otherVersion(status.version, VERSION);
      }
      this._warnings = status.warnings;
      const { namespaces } = await this._headwater.client.namespaces();
      this._namespaces = namespaces.map(namespace => namespace.name);
    } catch (reason) {
      this._fail(reason);
      return;
    }
    await this._load(Math.max(PAGE, this._rows.length));
  }

  /** Make sure that the rows up to `place` are loaded, as far as there are any. */
  async want(place: number): Promise<void> {
    if (
      this._cursor === null ||
      this._loading ||
      place < this._rows.length - PAGE / 2
    ) {
      return;
    }
    this._loading = true;
    const abort = this._abort;
    try {
      const page = await this._headwater.client.searchDatasets(
        { ...this._query(), cursor: this._cursor, limit: PAGE },
        abort.signal
      );
      if (abort === this._abort) {
        this._rows = [...this._rows, ...page.datasets];
        this._cursor = page.next_cursor;
        this._changed.emit();
      }
    } catch (reason) {
      if (!isAbort(reason)) {
        // The rows that are there stay; scrolling asks again.
        console.debug(
          'headwater: no further rows:',
          asHeadwaterError(reason).message
        );
      }
    } finally {
      this._loading = false;
    }
  }

  private async _load(wanted: number): Promise<void> {
    this._abort.abort();
    const abort = (this._abort = new AbortController());
    try {
      const rows: DatasetSummary[] = [];
      let cursor: string | undefined;
      let page;
      do {
        page = await this._headwater.client.searchDatasets(
          {
            ...this._query(),
            cursor,
            limit: Math.min(200, Math.max(PAGE, wanted - rows.length))
          },
          abort.signal
        );
        rows.push(...page.datasets);
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined && rows.length < wanted);
      this._rows = rows;
      this._cursor = cursor ?? null;
      this._total = page.total;
      this._totalIsCapped = page.total_is_capped;
      this._failure = null;
      this._changed.emit();
    } catch (reason) {
      if (!isAbort(reason)) {
        this._fail(reason);
      }
    }
  }

  private _query(): IDatasetQuery {
    const { query, namespace, kind, sort } = this._search;
    return {
      query,
      namespace,
      kind: kind || undefined,
      sort,
      descending: sort !== 'name' && sort !== 'relevance'
    };
  }

  private _onEvent(event: HeadwaterEvent): void {
    if (
      !this._started ||
      (event.topic !== 'version' && event.topic !== 'dataset')
    ) {
      return;
    }
    this._touched.add(event.subject.split('@')[0]);
    window.clearTimeout(this._settle);
    this._settle = window.setTimeout(() => void this._mend(), SETTLE_MS);
  }

  private async _mend(): Promise<void> {
    const touched = [...this._touched];
    this._touched.clear();
    if (this._rows.length <= REFETCHED) {
      await this.refresh();
      return;
    }
    for (const name of touched.filter(one =>
      this._rows.some(row => row.name === one)
    )) {
      try {
        const { newest, description } =
          await this._headwater.client.dataset(name);
        this._rows = this._rows.map(row =>
          row.name === name
            ? {
                ...row,
                description,
                version: newest.version,
                rows: newest.rows,
                bytes: newest.bytes,
                kind: newest.kind,
                rests_on: newest.rests_on,
                updated: newest.created
              }
            : row
        );
      } catch {
        // The row shows what was known; the next refresh tells.
      }
    }
    this._changed.emit();
  }

  private _fail(reason: unknown): void {
    this._failure = asHeadwaterError(reason);
    this._changed.emit();
  }

  private readonly _headwater: IHeadwater;
  private readonly _changed = new Signal<BrowserModel, void>(this);
  private readonly _touched = new Set<string>();
  private _search: ISearch = {
    query: '',
    namespace: '',
    kind: '',
    sort: 'relevance'
  };
  private _rows: readonly DatasetSummary[] = [];
  private _namespaces: readonly string[] = [];
  private _warnings: readonly string[] = [];
  private _total: number | null = null;
  private _totalIsCapped = false;
  private _cursor: string | null = null;
  private _failure: HeadwaterError | null = null;
  private _abort = new AbortController();
  private _started = false;
  private _loading = false;
  private _timer = 0;
  private _settle = 0;
}
