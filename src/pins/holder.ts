/** Tells the server which notebooks are open in this browser: while one is, the ledger's pins are the truth. */

import { UUID } from '@lumino/coreutils';
import { asHeadwaterError } from '../api/errors';
import type { IHeadwater, INotebookBridge } from '../tokens';

const HOLD_MS = 30_000;

export class NotebookHolder {
  constructor(headwater: IHeadwater, bridge: INotebookBridge) {
    this._headwater = headwater;
    this._bridge = bridge;
    bridge.openPathsChanged.connect(() => void this._compare());
    window.setInterval(() => void this._holdAll(), HOLD_MS);
    window.addEventListener('pagehide', () => {
      this._held.forEach(path => void this._close(path));
    });
    void this._compare();
  }

  private async _compare(): Promise<void> {
    const open = new Set(this._bridge.openPaths);
    const gone = [...this._held].filter(path => !open.has(path));
    const come = [...open].filter(path => !this._held.has(path));
    gone.forEach(path => this._held.delete(path));
    come.forEach(path => this._held.add(path));
    await Promise.all([
      ...gone.map(path => this._close(path)),
      ...come.map(path => this._open(path))
    ]);
  }

  private async _holdAll(): Promise<void> {
    await Promise.all([...this._held].map(path => this._open(path)));
  }

  private async _open(path: string): Promise<void> {
    try {
      await this._headwater.client.openNotebook(path, this._client);
    } catch (reason) {
      console.debug('headwater: not held:', asHeadwaterError(reason).message);
    }
  }

  private async _close(path: string): Promise<void> {
    try {
      await this._headwater.client.closeNotebook(path, this._client);
    } catch {
      // The server forgets an editor by itself when it is not heard of for a minute.
    }
  }

  private readonly _headwater: IHeadwater;
  private readonly _bridge: INotebookBridge;
  private readonly _held = new Set<string>();
  private readonly _client = UUID.uuid4();
}
