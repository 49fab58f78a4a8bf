/** One dataset in its tab: which version is shown, and what was loaded of it. */

import { Signal, type ISignal } from '@lumino/signaling';
import { asHeadwaterError, isAbort, type HeadwaterError } from '../api/errors';
import type {
  ColumnProfile,
  Dataset,
  Difference,
  HeadwaterEvent,
  IProof,
  RowsPage,
  Version,
  VersionChange
} from '../api/types';
import type { IHeadwater } from '../tokens';
import { ROWS_PAGE } from './page';

/** The tabs of a version; `proof` is of samples, `changes` of versions that have one before them. */
export const TABS = [
  'overview',
  'columns',
  'preview',
  'versions',
  'changes',
  'proof'
] as const;

export type DatasetTab = (typeof TABS)[number];

/** What a tab shows once it came. */
export interface ILoaded<T> {
  value: T | null;
  failure: HeadwaterError | null;
}

const WAITING = { value: null, failure: null };

const PROFILED = 8;
const KEPT_PAGES = 20;

/** A version's rows as far as they were wanted, under one filter. */
export interface IPreview {
  where: string;
  total: number | null;
  totalIsCapped: boolean;
  numeric: readonly boolean[];
  pages: ReadonlyMap<number, RowsPage['rows']>;
  failure: HeadwaterError | null;
}

const NO_PREVIEW: IPreview = {
  where: '',
  total: null,
  totalIsCapped: false,
  numeric: [],
  pages: new Map(),
  failure: null
};

export class DatasetModel {
  constructor(headwater: IHeadwater, name: string) {
    this.name = name;
    this._headwater = headwater;
    headwater.events.event.connect(this._onEvent);
  }

  readonly name: string;

  get changed(): ISignal<DatasetModel, void> {
    return this._changed;
  }

  get dataset(): Dataset | null {
    return this._dataset;
  }

  /** The version that the tab shows. */
  get version(): Version | null {
    return this._version;
  }

  /** The newest version when it came after the tab was opened and is not the one shown. */
  get newer(): Version | null {
    const newest = this._dataset?.newest ?? null;
    return this._follows && newest && newest.version !== this._version?.version
      ? newest
      : null;
  }

  get failure(): HeadwaterError | null {
    return this._failure;
  }

  /** Why the last change was not made. */
  get notice(): HeadwaterError | null {
    return this._notice;
  }

  get tab(): DatasetTab {
    return this._tab;
  }

  get profiles(): ReadonlyMap<string, ColumnProfile> {
    return this._profiles;
  }

  get profileFailure(): HeadwaterError | null {
    return this._profileFailure;
  }

  get preview(): IPreview {
    return this._preview;
  }

  /** The version that the one shown is compared with; null for the first. */
  get before(): string | null {
    return this._version?.parent ?? null;
  }

  /** What changed since the version before. */
  get changes(): ILoaded<Difference> {
    return this._changes;
  }

  /** What is known of the draw of a sample. */
  get proof(): ILoaded<IProof> {
    return this._proof;
  }

  get versions(): readonly VersionChange[] | null {
    return this._versions;
  }

  get hasMoreVersions(): boolean {
    return this._versionCursor !== null;
  }

  dispose(): void {
    this._abort.abort();
    Signal.clearData(this);
    this._headwater.events.event.disconnect(this._onEvent);
  }

  /** Load the dataset, and show `version` of it, else the newest. */
  async load(version?: string): Promise<void> {
    this._failure = null;
    try {
      const dataset = await this._headwater.client.dataset(this.name);
      this._dataset = dataset;
      this._follows =
        version === undefined || version === dataset.newest.version;
      const shown =
        version === undefined || version === dataset.newest.version
          ? dataset.newest
          : await this._headwater.client.version(this.name, version);
      this._showVersion(shown);
    } catch (reason) {
      this._failure = asHeadwaterError(reason);
      this._changed.emit();
    }
  }

  /** Show another version in all tabs. */
  async show(version: string): Promise<void> {
    const known = this._versions?.find(
      change => change.version.version === version
    )?.version;
    try {
      const shown =
        known ?? (await this._headwater.client.version(this.name, version));
      this._follows = version === this._dataset?.newest.version;
      this._showVersion(shown);
    } catch (reason) {
      this._refuse(reason);
    }
  }

  open(tab: DatasetTab): void {
    this._tab = tab;
    this._changed.emit();
    void this._fill();
  }

  /** Whether the version shown has this tab. */
  has(tab: DatasetTab): boolean {
    return tab === 'proof'
      ? this._version?.kind === 'sample'
      : tab !== 'changes' || this.before !== null;
  }

  /** Ask again for what the tab in front shows. */
  async retryTab(): Promise<void> {
    this._changes = WAITING;
    this._proof = WAITING;
    this._changed.emit();
    await this._fill();
  }

  /** Profile these columns if they are not yet: a few at a time, so that the first show at once. */
  async wantProfiles(columns: readonly string[]): Promise<void> {
    const version = this._version;
    const missing = columns.filter(
      name => !this._profiles.has(name) && !this._asked.has(name)
    );
    if (version === null || missing.length === 0) {
      return;
    }
    missing.forEach(name => this._asked.add(name));
    if (this._profileFailure !== null) {
      this._profileFailure = null;
      this._changed.emit();
    }
    const { signal } = this._abort;
    for (let place = 0; place < missing.length; place += PROFILED) {
      const batch = missing.slice(place, place + PROFILED);
      try {
        const profile = await this._headwater.client.profile(
          this.name,
          version.version,
          batch,
          signal
        );
        if (signal.aborted) {
          return;
        }
        const known = new Map(this._profiles);
        profile.columns.forEach(column => known.set(column.name, column));
        this._profiles = known;
      } catch (reason) {
        // Another version has asked for its own since.
        if (!signal.aborted && !isAbort(reason)) {
          missing.slice(place).forEach(name => this._asked.delete(name));
          this._profileFailure = asHeadwaterError(reason);
          this._changed.emit();
        }
        return;
      }
      this._changed.emit();
    }
  }

  /** Keep only the rows that `where` is true of. */
  filter(where: string): void {
    this._preview = { ...NO_PREVIEW, where };
    this._failedPages.clear();
    this._changed.emit();
    void this.wantRows(0);
  }

  /** Ask again for the pages of rows that did not come. */
  async retryRows(): Promise<void> {
    const failed = [...this._failedPages];
    this._failedPages.clear();
    this._preview = { ...this._preview, failure: null };
    this._changed.emit();
    await Promise.all(failed.map(page => this.wantRows(page * ROWS_PAGE)));
  }

  /** Load the page of the preview that holds row `place`. */
  async wantRows(place: number): Promise<void> {
    const version = this._version;
    const page = Math.floor(place / ROWS_PAGE);
    const key = `${version?.version} ${this._preview.where} ${page}`;
    if (
      version === null ||
      this._preview.pages.has(page) ||
      this._waiting.has(key)
    ) {
      return;
    }
    this._waiting.add(key);
    const { where } = this._preview;
    const { signal } = this._abort;
    const query = { offset: page * ROWS_PAGE, limit: ROWS_PAGE, where };
    try {
      const found = await this._headwater.client.rows(
        this.name,
        version.version,
        query,
        signal
      );
      if (!signal.aborted && where === this._preview.where) {
        this._failedPages.delete(page);
        const pages = new Map(this._preview.pages).set(page, found.rows);
        // Pages far from the one in view are let go.
        for (const other of [...pages.keys()].slice(
          0,
          Math.max(0, pages.size - KEPT_PAGES)
        )) {
          pages.delete(other);
        }
        this._preview = {
          where,
          total: found.total,
          totalIsCapped: found.total_is_capped,
          numeric: found.numeric,
          pages,
          failure: this._failedPages.size > 0 ? this._preview.failure : null
        };
        this._changed.emit();
      }
    } catch (reason) {
      if (
        !isAbort(reason) &&
        !signal.aborted &&
        where === this._preview.where
      ) {
        this._failedPages.add(page);
        this._preview = { ...this._preview, failure: asHeadwaterError(reason) };
        this._changed.emit();
      }
    } finally {
      this._waiting.delete(key);
    }
  }

  async moreVersions(): Promise<void> {
    const cursor = this._versionCursor ?? undefined;
    try {
      const page = await this._headwater.client.versions(
        this.name,
        cursor,
        this._abort.signal
      );
      this._versions = cursor
        ? [...(this._versions ?? []), ...page.versions]
        : page.versions;
      this._versionCursor = page.next_cursor;
      this._changed.emit();
    } catch (reason) {
      if (!isAbort(reason)) {
        this._refuse(reason);
      }
    }
  }

  /** Write the description. */
  async describe(text: string): Promise<boolean> {
    return this._change(async () => {
      this._dataset = await this._headwater.client.describe(this.name, text);
    });
  }

  async tag(version: string, tag: string): Promise<boolean> {
    return this._change(async () => {
      this._replace(await this._headwater.client.tag(this.name, version, tag));
    });
  }

  async untag(version: string, tag: string): Promise<boolean> {
    return this._change(async () => {
      this._replace(
        await this._headwater.client.untag(this.name, version, tag)
      );
    });
  }

  dismiss(): void {
    this._notice = null;
    this._changed.emit();
  }

  private async _change(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this._notice = null;
      this._changed.emit();
      return true;
    } catch (reason) {
      this._refuse(reason);
      return false;
    }
  }

  private _replace(version: Version): void {
    if (this._version?.version === version.version) {
      this._version = version;
    }
    // A tag that moved has left another version: the time line is asked for again.
    this._versionCursor = null;
    void this.moreVersions();
  }

  private _refuse(reason: unknown): void {
    this._notice = asHeadwaterError(reason);
    this._changed.emit();
  }

  private _showVersion(version: Version): void {
    this._abort.abort();
    this._abort = new AbortController();
    this._version = version;
    this._profiles = new Map();
    this._asked.clear();
    this._profileFailure = null;
    this._preview = { ...NO_PREVIEW, where: '' };
    this._failedPages.clear();
    this._changes = WAITING;
    this._proof = WAITING;
    this._tab = this.has(this._tab) ? this._tab : 'overview';
    this._headwater.selection.select(this.name, version.version);
    this._changed.emit();
    void this._fill();
  }

  /** Load what the tab in front shows. */
  private async _fill(): Promise<void> {
    if (this._tab === 'preview') {
      await this.wantRows(0);
    } else if (this._tab === 'versions' && this._versions === null) {
      await this.moreVersions();
    } else if (this._tab === 'changes' && this._changes === WAITING) {
      await this._wantChanges();
    } else if (this._tab === 'proof' && this._proof === WAITING) {
      await this._wantProof();
    }
  }

  private async _wantChanges(): Promise<void> {
    const { before, _version: version } = this;
    if (version !== null && before !== null) {
      this._changes = await this._load(signal =>
        this._headwater.client.diff(this.name, before, version.version, signal)
      );
      this._changed.emit();
    }
  }

  private async _wantProof(): Promise<void> {
    const version = this._version;
    if (version !== null) {
      this._proof = await this._load(signal =>
        this._headwater.client.proof(this.name, version.version, signal)
      );
      this._changed.emit();
    }
  }

  /** What `ask` answers; nothing yet when another version is shown by then. */
  private async _load<T>(
    ask: (signal: AbortSignal) => Promise<T>
  ): Promise<ILoaded<T>> {
    const { signal } = this._abort;
    try {
      const value = await ask(signal);
      return signal.aborted ? WAITING : { value, failure: null };
    } catch (reason) {
      return signal.aborted || isAbort(reason)
        ? WAITING
        : { value: null, failure: asHeadwaterError(reason) };
    }
  }

  private readonly _onEvent = (_: unknown, event: HeadwaterEvent): void => {
    const concerns = event.topic === 'version' || event.topic === 'dataset';
    if (
      !concerns ||
      event.subject.split('@')[0] !== this.name ||
      this._dataset === null
    ) {
      return;
    }
    void this._headwater.client.dataset(this.name).then(
      dataset => {
        this._dataset = dataset;
        this._versionCursor = null;
        this._changed.emit();
        if (this._versions !== null) {
          void this.moreVersions();
        }
      },
      () => undefined
    );
  };

  private readonly _headwater: IHeadwater;
  private readonly _changed = new Signal<DatasetModel, void>(this);
  private _changes: ILoaded<Difference> = WAITING;
  private _proof: ILoaded<IProof> = WAITING;
  private readonly _asked = new Set<string>();
  private readonly _waiting = new Set<string>();
  /** Pages of the preview that did not come. */
  private readonly _failedPages = new Set<number>();
  private _dataset: Dataset | null = null;
  private _version: Version | null = null;
  private _follows = true;
  private _failure: HeadwaterError | null = null;
  private _notice: HeadwaterError | null = null;
  private _tab: DatasetTab = 'overview';
  private _profiles: ReadonlyMap<string, ColumnProfile> = new Map();
  private _profileFailure: HeadwaterError | null = null;
  private _preview: IPreview = NO_PREVIEW;
  private _versions: readonly VersionChange[] | null = null;
  private _versionCursor: string | null = null;
  private _abort = new AbortController();
}
