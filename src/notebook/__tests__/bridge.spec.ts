import { NotebookModel, type INotebookTracker } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import type { Pin } from '../../api/types';
import { NotebookBridge } from '../bridge';

interface IOptions {
  path?: string;
  collaborative?: boolean;
  sources?: string[];
}

/** A notebook as its panel has it, with a model that is JupyterLab's own. */
class Panel {
  readonly isDisposed = false;
  readonly node = document.createElement('div');
  readonly model: NotebookModel;
  readonly disposed = new Signal<object, void>(this);
  readonly context;
  readonly content;

  constructor({
    path = 'n.ipynb',
    collaborative = false,
    sources = []
  }: IOptions) {
    this.model = new NotebookModel({ collaborationEnabled: collaborative });
    for (const source of sources) {
      this.model.sharedModel.addCell({ cell_type: 'code', source });
    }
    this.model.dirty = false;
    this.context = {
      path,
      isReady: true,
      ready: Promise.resolve(),
      model: this.model,
      pathChanged: new Signal<object, string>(this),
      saveState: new Signal<object, string>(this),
      save: () => Promise.resolve()
    };
    this.content = {
      model: this.model,
      activeCell: null,
      activeCellIndex: 0,
      mode: 'edit',
      deselectAll: () => undefined,
      scrollToItem: () => Promise.resolve()
    };
  }

  /** What JupyterLab would write: it asks the model after it has said that a save has begun. */
  saved(): unknown {
    this.context.saveState.emit('started');
    const { metadata } = this.model.toJSON() as { metadata: object };
    this.context.saveState.emit('completed');
    return (metadata as Record<string, unknown>).headwater;
  }
}

function bridgeOf(...panels: Panel[]): NotebookBridge {
  const owner = {};
  const tracker = {
    currentWidget: panels[0] ?? null,
    forEach: (each: (panel: Panel) => void) => panels.forEach(each),
    filter: (keep: (panel: Panel) => boolean) => panels.filter(keep),
    widgetAdded: new Signal(owner),
    currentChanged: new Signal(owner)
  };
  const contents = { localPath: (path: string) => path.replace('RTC:', '') };
  return new NotebookBridge(
    tracker as unknown as INotebookTracker,
    contents as unknown as Contents.IManager
  );
}

const pin: Pin = {
  dataset: 'sales.orders',
  version: 'v2',
  digest: 'd',
  kind: 'real',
  pinned_by: 'ada',
  pinned_at: '2026-01-01T00:00:00.000Z',
  reason: ''
};
const entry = {
  version: 'v2',
  digest: 'd',
  kind: 'real',
  pinnedBy: 'ada',
  pinnedAt: '2026-01-01T00:00:00.000Z',
  reason: ''
};
const record = { id: 'one', pins: [pin], isKept: true };

describe('NotebookBridge', () => {
  // Yjs warns of how JupyterLab itself makes a cell before it is in a document.
  beforeAll(() => {
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });

  it('tells paths below the root, saves and edits', async () => {
    const panel = new Panel({ path: 'RTC:a/n.ipynb' });
    const bridge = bridgeOf(panel);
    await panel.context.ready;
    const saved: string[] = [];
    const changed: string[] = [];
    bridge.saved.connect((_, path) => saved.push(path));
    bridge.changed.connect((_, path) => changed.push(path));
    expect([bridge.path, bridge.name]).toEqual(['a/n.ipynb', 'n.ipynb']);
    expect(bridge.openPaths).toEqual(['a/n.ipynb']);
    panel.saved();
    expect([saved, changed]).toEqual([['a/n.ipynb'], []]);
    panel.model.sharedModel.addCell({ cell_type: 'code', source: '1' });
    expect(changed).toContain('a/n.ipynb');
  });

  it('writes what the server holds into the model that is saved', () => {
    const panel = new Panel({});
    const bridge = bridgeOf(panel);
    bridge.mirror('n.ipynb', record);
    expect(panel.model.dirty).toBe(false);
    expect(panel.model.getMetadata('headwater')).toBeUndefined();
    expect(panel.saved()).toEqual({
      id: 'one',
      pins: { 'sales.orders': entry }
    });
    bridge.mirror('n.ipynb', { ...record, pins: [] });
    expect(panel.saved()).toEqual({ id: 'one', pins: {} });
  });

  it('leaves a notebook alone that holds no data', () => {
    const panel = new Panel({});
    bridgeOf(panel).mirror('n.ipynb', { id: 'one', pins: [], isKept: false });
    expect(panel.saved()).toBeUndefined();
  });

  it('keeps what else is there, and does not touch what is as it should be', () => {
    const panel = new Panel({});
    const bridge = bridgeOf(panel);
    const section = {
      stamp: { of: 'long ago' },
      pins: { 'sales.orders': entry },
      id: 'one'
    };
    panel.model.setMetadata('headwater', section);
    bridge.mirror('n.ipynb', record);
    const changed = jest.fn();
    panel.model.metadataChanged.connect(changed);
    expect(panel.saved()).toEqual(section);
    expect(changed).not.toHaveBeenCalled();
  });

  it('puts nothing into a shared document but the id', () => {
    const panel = new Panel({ path: 'RTC:n.ipynb', collaborative: true });
    const old = { 'sales.orders': { ...entry, version: 'v1' } };
    panel.model.setMetadata('headwater', { pins: old });
    bridgeOf(panel).mirror('n.ipynb', record);
    expect(panel.saved()).toEqual({ id: 'one', pins: old });
  });

  it('finds the notebook that a drop is for, and names by its cells', () => {
    const front = new Panel({ sources: ['import headwater as hw'] });
    const behind = new Panel({
      path: 'b.ipynb',
      sources: ['import headwater as hw\nb = 1']
    });
    const bridge = bridgeOf(front, behind);
    const cell = behind.node.appendChild(document.createElement('p'));
    expect(bridge.pathAt(cell)).toBe('b.ipynb');
    expect(bridge.pathAt(document.body)).toBeNull();
    expect(bridge.loadSource('a.b')).toBe('b = hw.load("a.b")');
    expect(bridge.loadSource('a.b', 'b.ipynb')).toBe('a_b = hw.load("a.b")');
  });

  it('inserts a cell, and says that there is something to save', () => {
    const panel = new Panel({ sources: ['1'] });
    const bridge = bridgeOf(panel);
    expect(bridge.insertCell('x = 1')).toBe('n.ipynb');
    const sources = panel.model.sharedModel.cells.map(cell => cell.getSource());
    expect(sources).toContain('x = 1');
    panel.model.dirty = false;
    bridge.touch('n.ipynb');
    expect(bridge.isDirty('n.ipynb')).toBe(true);
    expect(bridge.insertCell('x', 'closed.ipynb')).toBeNull();
    expect(bridgeOf().path).toBeNull();
  });
});
