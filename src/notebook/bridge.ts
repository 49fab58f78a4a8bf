/** The only door to notebook models. */

import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type {
  INotebookModel,
  INotebookTracker,
  NotebookPanel
} from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { JSONExt, type JSONObject } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Pin } from '../api/types';
import type { INotebookBridge, INotebookRecord } from '../tokens';
import { loadSource } from './load-source';

const METADATA_KEY = 'headwater';

export class NotebookBridge implements INotebookBridge {
  constructor(tracker: INotebookTracker, contents: Contents.IManager) {
    this._tracker = tracker;
    this._contents = contents;
    tracker.forEach(panel => this._watch(panel));
    tracker.widgetAdded.connect((_, panel) => this._watch(panel));
    tracker.currentChanged.connect(() => this._currentChanged.emit());
  }

  get path(): string | null {
    const panel = this._tracker.currentWidget;
    return panel && !panel.isDisposed ? this._pathOf(panel) : null;
  }

  get name(): string | null {
    return this.path?.split('/').pop() ?? null;
  }

  get currentChanged(): ISignal<INotebookBridge, void> {
    return this._currentChanged;
  }

  get saved(): ISignal<INotebookBridge, string> {
    return this._saved;
  }

  get changed(): ISignal<INotebookBridge, string> {
    return this._changed;
  }

  get openPaths(): readonly string[] {
    return this._panels().map(panel => this._pathOf(panel));
  }

  get openPathsChanged(): ISignal<INotebookBridge, void> {
    return this._openPathsChanged;
  }

  isDirty(path: string): boolean {
    return this._panel(path)?.context.model.dirty ?? false;
  }

  insertCell(source: string, path?: string): string | null {
    const panel = this._panel(path);
    const model = panel?.content.model;
    if (!panel || !model) {
      return null;
    }
    const notebook = panel.content;
    const active = notebook.activeCell;
    if (
      active?.model.type === 'code' &&
      active.model.sharedModel.getSource().trim() === ''
    ) {
      active.model.sharedModel.setSource(source);
    } else {
      const place = active ? notebook.activeCellIndex + 1 : model.cells.length;
      const cell = { cell_type: 'code' as const, source, metadata: {} };
      model.sharedModel.insertCell(place, cell);
      notebook.activeCellIndex = place;
    }
    notebook.deselectAll();
    notebook.mode = 'command';
    void notebook.scrollToItem(notebook.activeCellIndex);
    return this._pathOf(panel);
  }

  loadSource(datasets: string | readonly string[], path?: string): string {
    const cells = this._panel(path)?.content.model?.sharedModel.cells ?? [];
    const code = cells.filter(cell => cell.cell_type === 'code');
    return loadSource(
      [datasets].flat(),
      code.map(cell => cell.getSource())
    );
  }

  touch(path: string): void {
    const model = this._panel(path)?.context.model;
    if (model) {
      model.dirty = true;
    }
  }

  pathAt(node: Node): string | null {
    const panel = this._panels().find(one => one.node.contains(node));
    return panel ? this._pathOf(panel) : null;
  }

  mirror(path: string, record: INotebookRecord): void {
    this._records.set(path, record);
  }

  revealCell(path: string, cellId: string): void {
    const panel = this._panel(path);
    const notebook = panel?.content;
    const place =
      notebook?.widgets.findIndex(cell => cell.model.id === cellId) ?? -1;
    if (notebook && place >= 0) {
      notebook.deselectAll();
      notebook.activeCellIndex = place;
      void notebook.scrollToItem(place, 'center');
    }
  }

  async save(path: string): Promise<void> {
    await this._panel(path)?.context.save();
  }

  private _watch(panel: NotebookPanel): void {
    const context = panel.context;
    context.pathChanged.connect(() => {
      this._openPathsChanged.emit();
      this._currentChanged.emit();
    });
    context.saveState.connect(
      (_: unknown, state: DocumentRegistry.SaveState) => {
        if (state === 'started') {
          this._carry(panel);
        } else if (state.startsWith('completed')) {
          this._saved.emit(this._pathOf(panel));
        }
      }
    );
    const follow = (model: INotebookModel): void => {
      model.contentChanged.connect(() =>
        this._changed.emit(this._pathOf(panel))
      );
    };
    void context.ready.then(() => {
      if (!panel.isDisposed) {
        follow(context.model);
        this._openPathsChanged.emit();
      }
    });
    panel.disposed.connect(() => this._openPathsChanged.emit());
  }

  /**
   * Put the record into the model that is about to be saved. Only then, so that a notebook that nobody changed is not
   * one with changes. A shared document gets the id alone: it is the same from every browser, while a list of pins could
   * be older than the one that it would overwrite.
   */
  private _carry(panel: NotebookPanel): void {
    const record = this._records.get(this._pathOf(panel));
    const model = panel.context.model;
    const before = sectionOf(model.getMetadata(METADATA_KEY));
    if (!record || (before === null && !record.isKept)) {
      return;
    }
    const section = model.collaborative
      ? { ...before, id: record.id }
      : { ...before, id: record.id, pins: entriesOf(record.pins) };
    if (!JSONExt.deepEqual(section, before)) {
      model.setMetadata(METADATA_KEY, section);
    }
  }

  private _panels(): NotebookPanel[] {
    return this._tracker.filter(
      panel => !panel.isDisposed && panel.context.isReady
    );
  }

  private _panel(path?: string): NotebookPanel | null {
    if (path === undefined) {
      return this._tracker.currentWidget;
    }
    const current = this._tracker.currentWidget;
    if (current && !current.isDisposed && this._pathOf(current) === path) {
      return current;
    }
    return this._panels().find(panel => this._pathOf(panel) === path) ?? null;
  }

  /** The path below the server's root: collaboration puts notebooks on a drive of its own (`RTC:`). */
  private _pathOf(panel: NotebookPanel): string {
    return this._contents.localPath(panel.context.path);
  }

  private readonly _tracker: INotebookTracker;
  private readonly _contents: Contents.IManager;
  private readonly _records = new Map<string, INotebookRecord>();
  private readonly _currentChanged = new Signal<INotebookBridge, void>(this);
  private readonly _saved = new Signal<INotebookBridge, string>(this);
  private readonly _changed = new Signal<INotebookBridge, string>(this);
  private readonly _openPathsChanged = new Signal<INotebookBridge, void>(this);
}

function sectionOf(value: unknown): JSONObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JSONObject)
    : null;
}

/** Pins as a notebook file holds them. */
function entriesOf(pins: readonly Pin[]): JSONObject {
  return Object.fromEntries(
    pins.map(pin => [
      pin.dataset,
      {
        version: pin.version,
        digest: pin.digest,
        kind: pin.kind,
        pinnedBy: pin.pinned_by,
        pinnedAt: pin.pinned_at,
        reason: pin.reason
      }
    ])
  );
}
