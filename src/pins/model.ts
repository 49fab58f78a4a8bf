/** The pins of the notebook in front, and what may be done to them. */

import { Signal, type ISignal } from '@lumino/signaling';
import { asHeadwaterError, isAbort, type HeadwaterError } from '../api/errors';
import type {
  HeadwaterEvent,
  IPinChange,
  NotebookPins,
  PinStatus,
  VersionChange
} from '../api/types';
import type {
  IHeadwater,
  INotebookBridge,
  IPinner,
  IPinSummary
} from '../tokens';

export class PinsModel implements IPinner {
  constructor(headwater: IHeadwater, bridge: INotebookBridge) {
    this._headwater = headwater;
    this._bridge = bridge;
    bridge.currentChanged.connect(() => this._follow());
    headwater.events.event.connect((_, event) => this._onEvent(event));
    headwater.events.connectionChanged.connect((_, connected) => {
      if (connected) {
        void this.refresh();
      }
    });
    this._follow();
  }

  /** Emitted whenever anything that a view shows has changed. */
  get changed(): ISignal<PinsModel, void> {
    return this._changed;
  }

  /** Path of the notebook in front, or null. */
  get path(): string | null {
    return this._path;
  }

  get name(): string | null {
    return this._path?.split('/').pop() ?? null;
  }

  /** The pins, or null while they are loaded for the first time. */
  get pins(): NotebookPins | null {
    return this._pins;
  }

  /** Why the pins could not be loaded. */
  get failure(): HeadwaterError | null {
    return this._failure;
  }

  /** Why the last change was not made. */
  get notice(): HeadwaterError | null {
    return this._notice;
  }

  get summary(): IPinSummary | null {
    const pinned = this._pins?.pins.filter(status => status.pin !== null);
    return pinned
      ? {
          pins: pinned.length,
          behind: pinned.filter(status => status.state === 'behind').length
        }
      : null;
  }

  get canUndo(): boolean {
    return this._path !== null && (this._undo.get(this._path)?.length ?? 0) > 0;
  }

  /** Load the pins again. */
  async refresh(): Promise<void> {
    const path = this._path;
    if (path === null) {
      return;
    }
    this._abort?.abort();
    const abort = (this._abort = new AbortController());
    try {
      const pins = await this._headwater.client.pins(path, abort.signal);
      if (path === this._path) {
        this._pins = pins;
        this._failure = null;
        this._changed.emit();
      }
    } catch (reason) {
      if (!isAbort(reason) && path === this._path) {
        this._failure = asHeadwaterError(reason);
        this._changed.emit();
      }
    }
  }

  async pin(
    dataset: string,
    version?: string,
    path?: string
  ): Promise<boolean> {
    const target = path ?? this._path;
    if (target === null) {
      return false;
    }
    return this._apply(target, {
      op: 'set',
      dataset,
      version: version ?? null
    });
  }

  /** Hold the notebook in front to `version`, keeping the reason. */
  async change(dataset: string, version: string | null): Promise<boolean> {
    const reason = this._status(dataset)?.pin?.reason ?? '';
    return this._inFront({ op: 'set', dataset, version, reason });
  }

  /** Say why a dataset is pinned. */
  async explain(dataset: string, reason: string): Promise<boolean> {
    const pin = this._status(dataset)?.pin;
    return pin
      ? this._inFront({ op: 'set', dataset, version: pin.version, reason })
      : false;
  }

  async unpin(dataset: string): Promise<boolean> {
    return this._inFront({ op: 'remove', dataset });
  }

  /** Take the last change of this notebook's pins back. */
  async undo(): Promise<boolean> {
    const stack = this._path === null ? undefined : this._undo.get(this._path);
    const change = stack?.pop();
    if (this._path === null || !change) {
      return false;
    }
    return this._apply(this._path, change, false);
  }

  /** Take the notice away. */
  dismiss(): void {
    this._notice = null;
    this._changed.emit();
  }

  /** The versions of a dataset, newest first, for choosing one. */
  async versions(dataset: string): Promise<readonly VersionChange[]> {
    return (await this._headwater.client.versions(dataset)).versions;
  }

  private async _inFront(change: IPinChange): Promise<boolean> {
    return this._path === null ? false : this._apply(this._path, change);
  }

  private async _apply(
    path: string,
    change: IPinChange,
    remember = true
  ): Promise<boolean> {
    const known = path === this._path ? this._pins : null;
    const inverse = inverseOf(change, known?.pins ?? []);
    try {
      const pins = await this._headwater.client.changePins(
        path,
        known?.revision ?? null,
        [change]
      );
      if (remember && known) {
        const stack = this._undo.get(path) ?? [];
        this._undo.set(path, [...stack, inverse]);
      }
      this._bridge.touch(path);
      if (path === this._path) {
        this._pins = pins;
        this._failure = null;
      }
      this._notice = null;
      this._changed.emit();
      return true;
    } catch (reason) {
      this._notice = asHeadwaterError(reason);
      this._changed.emit();
      // Somebody else may have changed the pins: what is shown must be what holds.
      await this.refresh();
      return false;
    }
  }

  private _status(dataset: string): PinStatus | undefined {
    return this._pins?.pins.find(status => status.dataset === dataset);
  }

  private _follow(): void {
    if (this._bridge.path === this._path) {
      return;
    }
    this._path = this._bridge.path;
    this._pins = null;
    this._failure = null;
    this._notice = null;
    this._changed.emit();
    void this.refresh();
  }

  private _onEvent(event: HeadwaterEvent): void {
    const pins = this._pins;
    if (this._path === null) {
      return;
    }
    const ours =
      event.topic === 'pins' &&
      (pins === null || event.subject === pins.notebook);
    const pinned =
      (event.topic === 'version' || event.topic === 'dataset') &&
      pins?.pins.some(status => event.subject.split('@')[0] === status.dataset);
    if (ours || pinned) {
      void this.refresh();
    }
  }

  private readonly _headwater: IHeadwater;
  private readonly _bridge: INotebookBridge;
  private readonly _changed = new Signal<PinsModel, void>(this);
  private readonly _undo = new Map<string, IPinChange[]>();
  private _path: string | null = null;
  private _pins: NotebookPins | null = null;
  private _failure: HeadwaterError | null = null;
  private _notice: HeadwaterError | null = null;
  private _abort: AbortController | null = null;
}

/** The change that takes `change` back, from the pins as they are before it. */
export function inverseOf(
  change: IPinChange,
  pins: readonly PinStatus[]
): IPinChange {
  const before = pins.find(status => status.dataset === change.dataset)?.pin;
  return before
    ? {
        op: 'set',
        dataset: change.dataset,
        version: before.version,
        reason: before.reason
      }
    : { op: 'remove', dataset: change.dataset };
}
