/** The datasets of the browser: a search, those of its rows that are in view, and one selected. */

import { Signal, type ISignal } from '@lumino/signaling';
import {
  asHeadwaterError,
  isAbort,
  otherVersion,
  type HeadwaterError
} from '../api/errors';
import type {
  DatasetPage,
  DatasetSummary,
  HeadwaterEvent,
  IDatasetQuery,
  Kind
} from '../api/types';
import { VERSION } from '../api/version';
import type { IHeadwater } from '../tokens';
import { PAGE, Rows } from './rows';

export type Sort = NonNullable<IDatasetQuery['sort']>;

/** What is searched for, and in which order. */
export interface ISearch {
  query: string;
  namespace: string;
  kind: Kind | '';
  sort: Sort;
  descending: boolean;
}

const TYPING_MS = 150;
const SETTLE_MS = 250;
const LARGEST_FIRST: readonly Sort[] = ['updated', 'rows', 'bytes'];

export class BrowserModel {
  constructor(headwater: IHeadwater) {
    this._headwater = headwater;
    headwater.selection.changed.connect(() => this._changed.emit());
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

  /** How many the search finds in all; null before the first answer. */
  get total(): number | null {
    return this._total;
  }

  get totalIsCapped(): boolean {
    return this._totalIsCapped;
  }

  /** The dataset at `place`, or null while it is not loaded. */
  rowAt(place: number): DatasetSummary | null {
    return this._rows.at(place);
  }

  /** Another number for each list that begins at its top. */
  get listKey(): number {
    return this._listKey;
  }

  /** How many rows have come before those in view since the list began. */
  get shifted(): number {
    return this._shifted;
  }

  get namespaces(): readonly string[] | null {
    return this._namespaces;
  }

  /** Why there is nothing to show, or nothing newer. */
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

  /** Place of the selected row as far as it is known, or -1. */
  get selectedPlace(): number {
    if (this._wantedPlace !== null) {
      return this._wantedPlace;
    }
    const { selected } = this;
    const place = selected === null ? -1 : this._rows.placeOf(selected);
    return place < 0 && selected === this._last.name ? this._last.place : place;
  }

  /** Load the first page; later calls do nothing. */
  start(): void {
    if (!this._started) {
      this._started = true;
      void this._begin();
    }
  }

  /** Search for something else, or in another order; typing is waited for. */
  find(change: Partial<ISearch>): void {
    const typed =
      change.query !== undefined && change.query !== this._search.query;
    const turned =
      change.sort !== undefined && change.descending === undefined
        ? { descending: LARGEST_FIRST.includes(change.sort) }
        : {};
    this._search = { ...this._search, ...change, ...turned };
    this._abort.abort();
    window.clearTimeout(this._typing);
    this._typing = window.setTimeout(
      () => void this._begin(),
      typed ? TYPING_MS : 0
    );
    this._changed.emit();
  }

  /** Select the row at `place`; one that is not loaded yet as soon as it is. */
  selectAt(place: number): void {
    const row = this._rows.at(place);
    this._wantedPlace = row === null ? place : null;
    if (row !== null) {
      this._last = { name: row.name, place };
      this._headwater.selection.select(row.name);
    }
    this._changed.emit();
  }

  /** Ask for the rows in view again. What is in view stays where it is, whatever came before it. */
  async refresh(): Promise<void> {
    if (this._total === null) {
      await this._begin();
      return;
    }
    const { first, last } = this._inView;
    // One page more on either side: a row that moved by less is found again.
    const offset = Math.max(0, Math.floor(first / PAGE) - 1) * PAGE;
    const limit = (Math.floor(last / PAGE) + 2) * PAGE - offset;
    const page = await this._ask(offset, limit);
    if (page !== null) {
      const view = this._inView;
      const by = this._rows.replace(
        offset,
        page.datasets,
        view.first,
        view.last
      );
      this._epoch += 1;
      this._shifted += by;
      this._last = { ...this._last, place: this._last.place + by };
      this._inView = { first: view.first + by, last: view.last + by };
      this._changed.emit();
      await this._fill();
    }
  }

  /** The rows from `first` to `last` are in view: load those that are not there. */
  async want(first: number, last: number): Promise<void> {
    this._inView = { first, last };
    await this._fill();
  }

  /** Ask for the namespaces; a choice between them needs them, the list does not. */
  async wantNamespaces(): Promise<void> {
    try {
      const { namespaces } = await this._headwater.client.namespaces();
      this._namespaces = namespaces.map(namespace => namespace.name);
      this._changed.emit();
    } catch (reason) {
      this._fail(reason);
    }
  }

  /** Load the first page of the search: a new list. */
  private async _begin(): Promise<void> {
    this._abort.abort();
    this._abort = new AbortController();
    const page = await this._ask(0, PAGE);
    if (page !== null) {
      this._rows.clear();
      this._rows.put(0, page.datasets);
      this._epoch += 1;
      this._wantedPlace = null;
      this._listKey += 1;
      this._inView = { first: 0, last: 0 };
      this._changed.emit();
    }
  }

  /** One request at a time for what is in view and not loaded, until all of it is. */
  private async _fill(): Promise<void> {
    if (this._filling || this._abort.signal.aborted) {
      return;
    }
    this._filling = true;
    try {
      let missing;
      while ((missing = this._missing()) !== null) {
        const { offset, limit } = missing;
        const epoch = this._epoch;
        const page = await this._ask(offset, limit);
        if (page === null) {
          return;
        }
        if (epoch !== this._epoch) {
          // The list has changed under this page.
          continue;
        }
        this._rows.put(offset, page.datasets, this._inView.first);
        this._selectWanted();
        this._changed.emit();
        if (page.datasets.length === 0) {
          return;
        }
      }
    } finally {
      this._filling = false;
    }
  }

  private _missing(): { offset: number; limit: number } | null {
    const end = (this._total ?? 0) - 1;
    const { first, last } = this._inView;
    return this._rows.missing(Math.min(first, end), Math.min(last, end));
  }

  private _selectWanted(): void {
    const place = this._wantedPlace;
    if (place !== null && this._rows.at(place) !== null) {
      this.selectAt(place);
    }
  }

  /** A page of the search, or null when it failed, was given up, or belongs to a search that is over. */
  private async _ask(
    offset: number,
    limit: number
  ): Promise<DatasetPage | null> {
    const { client } = this._headwater;
    const { signal } = this._abort;
    const { kind, ...search } = this._search;
    try {
      const page = await client.searchDatasets(
        { ...search, kind: kind || undefined, offset, limit },
        signal
      );
      await this._shakeHands();
      if (signal.aborted) {
        return null;
      }
      this._total = page.total;
      this._totalIsCapped = page.total_is_capped;
      this._failure = null;
      return page;
    } catch (reason) {
      if (!isAbort(reason)) {
        this._fail(await this._betterReason(reason));
      }
      return null;
    }
  }

  /** Whether the answer came from this page's Headwater; its warnings are asked for only when it has some. */
  private async _shakeHands(): Promise<void> {
    const { client } = this._headwater;
    let version = client.server?.version;
    if (version === undefined || client.server?.warnings) {
      const status = await client.status();
      version = status.version;
      this._warnings = status.warnings;
    } else {
      this._warnings = [];
    }
    if (version !== VERSION) {
      throw otherVersion(version, VERSION);
    }
  }

  /** An extension that could not start answers for its status alone, and says there why. */
  private async _betterReason(reason: unknown): Promise<unknown> {
    if (asHeadwaterError(reason).code === 'extension_missing') {
      try {
        await this._headwater.client.status();
      } catch (better) {
        return better;
      }
    }
    return reason;
  }

  private _onEvent(event: HeadwaterEvent): void {
    const concerns = event.topic === 'version' || event.topic === 'dataset';
    if (this._started && concerns && !this._settling) {
      this._settling = true;
      window.setTimeout(() => {
        this._settling = false;
        void this.refresh();
      }, SETTLE_MS);
    }
  }

  private _fail(reason: unknown): void {
    this._failure = asHeadwaterError(reason);
    this._changed.emit();
  }

  private readonly _headwater: IHeadwater;
  private readonly _changed = new Signal<BrowserModel, void>(this);
  private readonly _rows = new Rows();
  private _search: ISearch = {
    query: '',
    namespace: '',
    kind: '',
    sort: 'relevance',
    descending: false
  };
  private _namespaces: readonly string[] | null = null;
  private _warnings: readonly string[] = [];
  private _total: number | null = null;
  private _totalIsCapped = false;
  private _failure: HeadwaterError | null = null;
  private _inView = { first: 0, last: 0 };
  private _listKey = 0;
  private _shifted = 0;
  private _wantedPlace: number | null = null;
  private _last = { name: '', place: -1 };
  private _abort = new AbortController();
  private _started = false;
  private _epoch = 0;
  private _filling = false;
  private _settling = false;
  private _typing = 0;
}
