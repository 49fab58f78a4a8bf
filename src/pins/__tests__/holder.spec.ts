import { Signal } from '@lumino/signaling';
import type { HeadwaterEvent, NotebookPins } from '../../api/types';
import type {
  IHeadwater,
  INotebookBridge,
  INotebookRecord
} from '../../tokens';
import { NotebookHolder } from '../holder';

/** A browser with these notebooks open, and a server that knows their pins. */
class Desk {
  readonly calls: string[] = [];
  readonly mirrored = new Map<string, INotebookRecord>();
  readonly pins = new Map<string, string[]>();

  constructor(...paths: string[]) {
    this.bridge = {
      openPaths: paths,
      openPathsChanged: this._changed,
      mirror: (path, record) => this.mirrored.set(path, record)
    };
    const client = {
      openNotebook: async (path: string) => {
        this.calls.push(`open ${path}`);
        return Promise.resolve(this.known(path));
      },
      closeNotebook: async (path: string) => {
        this.calls.push(`close ${path}`);
        return Promise.resolve();
      }
    };
    this.holder = new NotebookHolder(
      {
        client,
        events: { event: this._event, connectionChanged: this._connected }
      } as unknown as IHeadwater,
      this.bridge as unknown as INotebookBridge
    );
  }

  readonly holder: NotebookHolder;

  readonly bridge: Pick<INotebookBridge, 'mirror'> & {
    openPaths: string[];
    openPathsChanged: unknown;
  };

  open(...paths: string[]): void {
    this.bridge.openPaths = paths;
    this._changed.emit();
  }

  tell(topic: string, path: string): void {
    this._event.emit({
      topic,
      subject: `id of ${path}`
    } as unknown as HeadwaterEvent);
  }

  reconnect(): void {
    this._connected.emit(true);
  }

  known(path: string, revision = 1): NotebookPins {
    const pins = (this.pins.get(path) ?? []).map(dataset => ({
      dataset,
      pin: { dataset, version: 'v1' }
    }));
    const floating = { dataset: 'a.floating', pin: null };
    return {
      path,
      notebook: `id of ${path}`,
      revision,
      pins: [...pins, floating]
    } as unknown as NotebookPins;
  }

  private readonly _changed = new Signal<object, void>(this);
  private readonly _event = new Signal<object, HeadwaterEvent>(this);
  private readonly _connected = new Signal<object, boolean>(this);
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) {
    await Promise.resolve();
  }
};

describe('NotebookHolder', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('holds what is open, again and again, and lets go what is closed', async () => {
    const desk = new Desk('a.ipynb');
    desk.open('a.ipynb', 'b.ipynb');
    desk.open('b.ipynb');
    await settled();
    expect(desk.calls).toEqual([
      'open a.ipynb',
      'open b.ipynb',
      'close a.ipynb'
    ]);
    jest.advanceTimersByTime(30_000);
    expect(desk.calls.slice(3)).toEqual(['open b.ipynb']);
    desk.reconnect();
    expect(desk.calls.slice(4)).toEqual(['open b.ipynb']);
  });

  it('lets go when the page goes away, and holds again when it comes back', () => {
    const desk = new Desk('a.ipynb');
    window.dispatchEvent(new Event('pagehide'));
    const back = new Event('pageshow');
    Object.defineProperty(back, 'persisted', { value: true });
    window.dispatchEvent(back);
    expect(desk.calls).toEqual([
      'open a.ipynb',
      'close a.ipynb',
      'open a.ipynb'
    ]);
  });

  it('mirrors the pins that the server holds, as they change', async () => {
    const desk = new Desk('a.ipynb');
    await settled();
    expect(desk.mirrored.get('a.ipynb')).toEqual({
      id: 'id of a.ipynb',
      pins: [],
      isKept: false
    });
    desk.pins.set('a.ipynb', ['sales.orders']);
    desk.tell('pins', 'b.ipynb');
    desk.tell('pins', 'a.ipynb');
    await settled();
    expect(desk.mirrored.get('a.ipynb')).toMatchObject({
      pins: [{ dataset: 'sales.orders' }],
      isKept: true
    });
    expect(desk.calls).toHaveLength(2);
  });

  it('mirrors an answer at once, and no older one after it', async () => {
    const desk = new Desk('a.ipynb');
    await settled();
    const older = desk.known('a.ipynb', 2);
    desk.pins.set('a.ipynb', ['sales.orders']);
    desk.holder.mirror('a.ipynb', desk.known('a.ipynb', 3));
    desk.holder.mirror('a.ipynb', older);
    desk.holder.mirror('not-open.ipynb', older);
    expect(desk.mirrored.get('a.ipynb')?.pins).toHaveLength(1);
    expect(desk.mirrored.has('not-open.ipynb')).toBe(false);
  });

  it('mirrors a notebook without pins once it is stamped', async () => {
    const desk = new Desk('a.ipynb');
    await settled();
    desk.tell('stamp', 'a.ipynb');
    await settled();
    expect(desk.mirrored.get('a.ipynb')?.isKept).toBe(true);
  });
});
