/**
 * Tells the server which notebooks are open in this browser, and mirrors its record of them: while one is open, the
 * ledger's pins are the truth.
 */

import { UUID } from '@lumino/coreutils';
import { asHeadwaterError } from '../api/errors';
import type { HeadwaterEvent, NotebookPins } from '../api/types';
import type { IHeadwater, INotebookBridge } from '../tokens';

/** The server forgets an editor after 180 s; a tab in the background may be late by a minute. */
const HOLD_MS = 30_000;

export class NotebookHolder {
  constructor(headwater: IHeadwater, bridge: INotebookBridge) {
    this._headwater = headwater;
    this._bridge = bridge;
    bridge.openPathsChanged.connect(() => void this._compare());
    headwater.events.event.connect((_, event) => void this._onEvent(event));
    headwater.events.connectionChanged.connect((_, connected) => {
      if (connected) {
        void this._holdAll();
      }
    });
    window.setInterval(() => void this._holdAll(), HOLD_MS);
    window.addEventListener('pagehide', () => {
      this._held.forEach((_, path) => void this._close(path));
    });
    window.addEventListener('pageshow', event => {
      if (event.persisted) {
        void this._holdAll();
      }
    });
    void this._compare();
  }

  /** Mirror what the server has answered, however it was asked: a save may come before the event that tells of it. */
  mirror(path: string, known: NotebookPins): void {
    const before = this._held.get(path);
    const isLate =
      before?.notebook === known.notebook && known.revision < before.revision;
    if (before === undefined || isLate) {
      return;
    }
    this._held.set(path, known);
    const pins = known.pins.flatMap(status => status.pin ?? []);
    this._bridge.mirror(path, {
      id: known.notebook,
      pins,
      isKept: pins.length > 0 || this._stamped.has(known.notebook)
    });
  }

  private async _compare(): Promise<void> {
    const open = new Set(this._bridge.openPaths);
    const gone = [...this._held.keys()].filter(path => !open.has(path));
    const come = [...open].filter(path => !this._held.has(path));
    gone.forEach(path => this._held.delete(path));
    come.forEach(path => this._held.set(path, null));
    await Promise.all([
      ...gone.map(path => this._close(path)),
      ...come.map(path => this._open(path))
    ]);
  }

  private async _holdAll(): Promise<void> {
    await Promise.all([...this._held.keys()].map(path => this._open(path)));
  }

  private async _onEvent(event: HeadwaterEvent): Promise<void> {
    if (event.topic === 'stamp') {
      this._stamped.add(event.subject);
    } else if (event.topic !== 'pins') {
      return;
    }
    const paths = [...this._held.keys()];
    const ours = paths.filter(
      path => this._held.get(path)?.notebook === event.subject
    );
    await Promise.all(ours.map(path => this._open(path)));
  }

  private async _open(path: string): Promise<void> {
    try {
      this.mirror(
        path,
        await this._headwater.client.openNotebook(path, this._client)
      );
    } catch (reason) {
      console.debug('headwater: not held:', asHeadwaterError(reason).message);
    }
  }

  private async _close(path: string): Promise<void> {
    try {
      await this._headwater.client.closeNotebook(path, this._client);
    } catch {
      // The server forgets an editor by itself when it is not heard of.
    }
  }

  private readonly _headwater: IHeadwater;
  private readonly _bridge: INotebookBridge;
  /** The newest record by path; null before the server has told it. */
  private readonly _held = new Map<string, NotebookPins | null>();
  /** Ids of notebooks that were stamped since this page is open. */
  private readonly _stamped = new Set<string>();
  private readonly _client = UUID.uuid4();
}
