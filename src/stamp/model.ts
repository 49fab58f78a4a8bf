/** The stamp of the notebook in front, as its badge and its passport show it. */

import { Signal, type ISignal } from '@lumino/signaling';
import { asHeadwaterError, isAbort, type HeadwaterError } from '../api/errors';
import type { HeadwaterEvent, Passport, VerifyResult } from '../api/types';
import type { IHeadwater, INotebookBridge } from '../tokens';

/** What the server says of a stamp; `outside` for a notebook that it cannot stamp, being behind a link out of its root. */
export type Badge = Passport['badge'] | 'outside';

const SETTLE_MS = 300;

export class StampModel {
  constructor(headwater: IHeadwater, bridge: INotebookBridge) {
    this._headwater = headwater;
    this._bridge = bridge;
    bridge.currentChanged.connect(() => this._follow());
    bridge.saved.connect((_, path) => this._again(path));
    bridge.changed.connect(() => this._changed.emit());
    bridge.openPathsChanged.connect(() => this._lookAtOthers());
    headwater.events.event.connect((_, event) => this._onEvent(event));
    this._follow();
    this._lookAtOthers();
  }

  get changed(): ISignal<StampModel, void> {
    return this._changed;
  }

  get path(): string | null {
    return this._path;
  }

  get name(): string | null {
    return this._path?.split('/').pop() ?? null;
  }

  /** The passport of the file as it was saved last; null before the first answer. */
  get passport(): Passport | null {
    return this._passport;
  }

  get failure(): HeadwaterError | null {
    return this._failure;
  }

  /** What the last verification of this file said; null before one, and after a save. */
  get verdict(): VerifyResult | null {
    return this._verdict;
  }

  get isVerifying(): boolean {
    return this._isVerifying;
  }

  /** What the badge says of the notebook in front. */
  get badge(): Badge | null {
    return this._path === null ? null : this.badgeOf(this._path);
  }

  /**
   * The badge of the open notebook at `path`, null before the server has said it.
   * Edits since the save come before what the file says.
   */
  badgeOf(path: string): Badge | null {
    const saved = this._badges.get(path) ?? null;
    const stamped = saved === 'stamped' || saved === 'floating';
    return stamped && this._bridge.isDirty(path) ? 'changed' : saved;
  }

  async refresh(): Promise<void> {
    const path = this._path;
    if (path === null) {
      return;
    }
    this._abort.abort();
    const abort = (this._abort = new AbortController());
    try {
      const passport = await this._headwater.client.passport(
        path,
        abort.signal
      );
      if (path === this._path) {
        this._passport = passport;
        this._badges.set(path, passport.badge);
        this._failure = null;
        this._changed.emit();
      }
    } catch (reason) {
      if (!isAbort(reason) && path === this._path) {
        this._failure = asHeadwaterError(reason);
        this._noteOutside(path, this._failure);
        this._changed.emit();
      }
    }
  }

  /** Compare the file on disk with its stamp, and the stamp with its signature. */
  async verify(): Promise<VerifyResult | null> {
    const path = this._path;
    if (path === null) {
      return null;
    }
    this._isVerifying = true;
    this._changed.emit();
    try {
      const verdict = await this._headwater.client.verify(path);
      // The reader may have turned to another notebook.
      if (path === this._path) {
        this._verdict = verdict;
        this._failure = null;
      }
      return verdict;
    } catch (reason) {
      if (path === this._path) {
        this._failure = asHeadwaterError(reason);
      }
      return null;
    } finally {
      this._isVerifying = false;
      this._changed.emit();
    }
  }

  private _follow(): void {
    if (this._bridge.path === this._path) {
      return;
    }
    this._path = this._bridge.path;
    this._passport = null;
    this._verdict = null;
    this._failure = null;
    this._changed.emit();
    void this.refresh();
  }

  private _again(path: string): void {
    if (path === this._path) {
      this._verdict = null;
      window.clearTimeout(this._timer);
      this._timer = window.setTimeout(() => void this.refresh(), SETTLE_MS);
    } else {
      void this._look(path);
    }
  }

  /** Notebooks beside the one in front have badges too. */
  private _lookAtOthers(): void {
    const open = this._bridge.openPaths;
    for (const path of this._badges.keys()) {
      if (!open.includes(path) && path !== this._path) {
        this._badges.delete(path);
      }
    }
    for (const path of open) {
      if (path !== this._path && !this._badges.has(path)) {
        void this._look(path);
      }
    }
  }

  private async _look(path: string): Promise<void> {
    try {
      const { badge } = await this._headwater.client.passport(path);
      this._badges.set(path, badge);
      this._changed.emit();
    } catch (reason) {
      // The rest is told when the notebook comes to the front.
      this._noteOutside(path, asHeadwaterError(reason));
      this._changed.emit();
    }
  }

  private _noteOutside(path: string, failure: HeadwaterError): void {
    if (failure.code === 'outside_root') {
      this._badges.set(path, 'outside');
    }
  }

  private _onEvent(event: HeadwaterEvent): void {
    const notebook = this._passport?.notebook ?? null;
    const ours = notebook === null || event.subject === notebook;
    if (
      this._path !== null &&
      ours &&
      (event.topic === 'stamp' || event.topic === 'pins')
    ) {
      this._again(this._path);
    }
  }

  private readonly _headwater: IHeadwater;
  private readonly _bridge: INotebookBridge;
  private readonly _changed = new Signal<StampModel, void>(this);
  private readonly _badges = new Map<string, Badge>();
  private _path: string | null = null;
  private _passport: Passport | null = null;
  private _failure: HeadwaterError | null = null;
  private _verdict: VerifyResult | null = null;
  private _isVerifying = false;
  private _abort = new AbortController();
  private _timer = 0;
}
