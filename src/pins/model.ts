/** The pins of the notebook in front, and what may be done to them. */

import { Signal, type ISignal } from '@lumino/signaling';
import { asHeadwaterError, isAbort, type HeadwaterError } from '../api/errors';
import type {
  HeadwaterEvent,
  IPinChange,
  NotebookPins,
  Pin,
  PinStatus,
  VersionPage
} from '../api/types';
import type {
  IHeadwater,
  INotebookBridge,
  IPinner,
  IPinSummary
} from '../tokens';

/** The changes to ask for at once, given the pins as they are when their turn comes; none for an empty list. */
type Change = (pins: NotebookPins) => readonly IPinChange[];

export class PinsModel implements IPinner {
  constructor(headwater: IHeadwater, bridge: INotebookBridge) {
    this._headwater = headwater;
    this._bridge = bridge;
    bridge.currentChanged.connect(() => this._follow());
    // A save can tell of reads past the pins.
    bridge.saved.connect((_, path) => {
      if (path === this._path) {
        void this.refresh();
      }
    });
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
    return (this._undoOf(this._pins)?.length ?? 0) > 0;
  }

  /** What is known of `dataset` in the notebook in front. */
  status(dataset: string): PinStatus | undefined {
    return this._pins?.pins.find(status => status.dataset === dataset);
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
      if (path === this._path && !abort.signal.aborted) {
        this._pins = pins;
        this._failure = null;
        this._changed.emit();
      }
    } catch (reason) {
      if (!isAbort(reason) && path === this._path) {
        this._failure = asHeadwaterError(reason);
        this._changed.emit();
      }
    } finally {
      if (this._abort === abort) {
        this._abort = null;
      }
    }
  }

  async pin(
    dataset: string,
    version?: string,
    path?: string
  ): Promise<boolean> {
    return this.pinAll([{ dataset, version }], path);
  }

  async pinAll(
    versions: readonly { dataset: string; version?: string }[],
    path?: string
  ): Promise<boolean> {
    const target = path ?? this._path;
    if (target === null) {
      return false;
    }
    return this._apply(target, () =>
      versions.map(({ dataset, version }) => ({
        op: 'set',
        dataset,
        version: version ?? null
      }))
    );
  }

  /** Hold the notebook in front to `version` (null for the newest), keeping the reason. */
  async change(dataset: string, version: string | null): Promise<boolean> {
    return this._inFront(pins => {
      const reason = pinOf(pins, dataset)?.reason ?? '';
      return [{ op: 'set', dataset, version, reason }];
    });
  }

  /** Say why a dataset is pinned. */
  async explain(dataset: string, reason: string): Promise<boolean> {
    return this._inFront(pins => {
      const pin = pinOf(pins, dataset);
      return pin ? [{ op: 'set', dataset, pin: { ...pin, reason } }] : [];
    });
  }

  async unpin(dataset: string): Promise<boolean> {
    return this._inFront(() => [{ op: 'remove', dataset }]);
  }

  /** Take the last change of this notebook's pins back. */
  async undo(): Promise<boolean> {
    return this._inFront(pins => this._undoOf(pins)?.at(-1) ?? [], true);
  }

  /** Take the notice away. */
  dismiss(): void {
    this._notice = null;
    this._changed.emit();
  }

  /** A page of the versions of a dataset, newest first, for choosing one. */
  async versions(dataset: string, cursor?: string): Promise<VersionPage> {
    return this._headwater.client.versions(dataset, cursor);
  }

  private async _inFront(change: Change, undoes = false): Promise<boolean> {
    return this._path === null
      ? false
      : this._apply(this._path, change, undoes);
  }

  /** Make a change after those that were asked for before it: it sees what they did, and its revision is theirs. */
  private async _apply(
    path: string,
    change: Change,
    undoes = false
  ): Promise<boolean> {
    const before = this._queues.get(path) ?? Promise.resolve();
    const done = before.then(() => this._make(path, change, undoes));
    this._queues.set(path, done);
    void done.then(() => {
      if (this._queues.get(path) === done) {
        this._queues.delete(path);
      }
    });
    return done;
  }

  private async _make(
    path: string,
    change: Change,
    undoes: boolean
  ): Promise<boolean> {
    const { client } = this._headwater;
    try {
      const shown = path === this._path ? this._pins : null;
      const before = shown ?? (await client.pins(path));
      const operations = change(before);
      if (operations.length === 0) {
        return false;
      }
      const pins = await client.changePins(path, before.revision, operations);
      const stack = this._undoOf(before) ?? [];
      this._undo.set(
        before.notebook,
        undoes
          ? stack.slice(0, -1)
          : [...stack, operations.map(one => inverseOf(one, before.pins))]
      );
      this._bridge.touch(path);
      if (path === this._path) {
        this._pins = pins;
        this._failure = null;
        if (this._abort) {
          // What is on its way may be from before this change.
          void this.refresh();
        }
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

  private _undoOf(pins: NotebookPins | null): IPinChange[][] | undefined {
    return pins === null ? undefined : this._undo.get(pins.notebook);
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
      (event.topic === 'pins' || event.topic === 'stamp') &&
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
  private readonly _queues = new Map<string, Promise<boolean>>();
  /** By the notebook's own id, which stays when it is renamed. */
  private readonly _undo = new Map<string, IPinChange[][]>();
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
  const { dataset } = change;
  const before = pins.find(status => status.dataset === dataset)?.pin;
  return before
    ? { op: 'set', dataset, pin: before }
    : { op: 'remove', dataset };
}

function pinOf(pins: NotebookPins, dataset: string): Pin | null {
  return pins.pins.find(status => status.dataset === dataset)?.pin ?? null;
}
