import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { fireEvent, render, screen } from '@testing-library/react';
import { axe } from 'jest-axe';
import * as React from 'react';
import { HeadwaterError } from '../../api/errors';
import type {
  HeadwaterEvent,
  IPinChange,
  NotebookPins,
  PinStatus,
  Version,
  VersionPage
} from '../../api/types';
import type { IHeadwater, INotebookBridge } from '../../tokens';
import { PinsModel } from '../model';
import { PinsView, type IPinsViewProps } from '../view';

const trans = nullTranslator.load('headwater');

function status(
  dataset: string,
  version: string,
  behind = 0,
  state: PinStatus['state'] = behind ? 'behind' : 'current'
): PinStatus {
  return {
    dataset,
    state,
    behind,
    pin: { dataset, version, digest: '', kind: 'real', reason: 'year end' },
    pinned: made(version),
    newest: made('v9')
  } as unknown as PinStatus;
}

function made(
  version: string,
  message = `load of ${version}`,
  tags: string[] = []
): Version {
  return {
    version,
    message,
    tags,
    author: 'ada',
    kind: 'real',
    rests_on: ['real'],
    created: '2026-01-01T00:00:00.000Z'
  } as unknown as Version;
}

function page(versions: Version[], next_cursor: string | null): VersionPage {
  return {
    dataset: 'sales.orders',
    versions: versions.map(version => ({
      version,
      rows_change: null,
      bytes_change: null
    })),
    next_cursor
  };
}

/** A server that keeps pins in memory and refuses what was not asked on its newest revision, as the real one does. */
class Pins {
  pins = new Map<string, string>([['sales.orders', 'v1']]);
  reasons = new Map<string, string>([['sales.orders', 'year end']]);
  revision = 1;
  refuse = false;

  document(path: string): NotebookPins {
    const pins = [...this.pins].map(([name, version]) => {
      const found = status(name, version, version === 'v9' ? 0 : 1);
      const pin = { ...found.pin, reason: this.reasons.get(name) ?? '' };
      return { ...found, pin } as PinStatus;
    });
    return {
      path,
      notebook: 'id',
      revision: this.revision,
      pins
    } as NotebookPins;
  }

  change(
    path: string,
    base: number | null,
    operations: readonly IPinChange[]
  ): NotebookPins {
    if (this.refuse || base !== this.revision) {
      throw new HeadwaterError({ code: 'pin_conflict', message: 'Changed.' });
    }
    for (const operation of operations) {
      if (operation.op === 'remove') {
        this.pins.delete(operation.dataset);
      } else {
        const { dataset, pin, version, reason } = operation;
        if (!pin && version === 'v404') {
          throw new HeadwaterError({ code: 'not_found', message: 'No v404.' });
        }
        this.pins.set(dataset, pin?.version ?? version ?? 'v9');
        this.reasons.set(dataset, pin?.reason ?? reason ?? '');
      }
    }
    this.revision += 1;
    return this.document(path);
  }
}

interface IDesk {
  model: PinsModel;
  saved: (path: string) => void;
  told: (topic: string, subject: string) => void;
  /** Bring another notebook to the front, or rename the one that is there. */
  front: (path: string) => void;
}

function model(server: Pins): PinsModel {
  return desk(server).model;
}

function desk(server: Pins): IDesk {
  const owner = {};
  const event = new Signal<object, HeadwaterEvent>(owner);
  const saved = new Signal<object, string>(owner);
  const currentChanged = new Signal<object, void>(owner);
  const headwater = {
    client: {
      pins: (path: string) => Promise.resolve(server.document(path)),
      changePins: async (
        path: string,
        base: number | null,
        operations: readonly IPinChange[]
      ) => {
        await Promise.resolve();
        return server.change(path, base, operations);
      }
    },
    events: { event, connectionChanged: new Signal(owner) }
  } as unknown as IHeadwater;
  const bridge = {
    path: 'n.ipynb',
    currentChanged,
    saved,
    touch: () => undefined
  };
  return {
    model: new PinsModel(headwater, bridge as unknown as INotebookBridge),
    saved: path => saved.emit(path),
    told: (topic, subject) =>
      event.emit({ topic, subject } as unknown as HeadwaterEvent),
    front: path => {
      bridge.path = path;
      currentChanged.emit();
    }
  };
}

const settled = (): Promise<void> => new Promise(done => setTimeout(done, 0));

describe('PinsModel', () => {
  it('knows how many pins there are and how many are behind', async () => {
    const pins = model(new Pins());
    await pins.refresh();
    expect(pins.summary).toEqual({ pins: 1, behind: 1 });
  });

  it('moves a pin, and takes that back', async () => {
    const server = new Pins();
    const pins = model(server);
    await pins.refresh();
    expect(pins.canUndo).toBe(false);
    expect(await pins.change('sales.orders', 'v2')).toBe(true);
    expect(server.pins.get('sales.orders')).toBe('v2');
    expect(await pins.undo()).toBe(true);
    expect(server.pins.get('sales.orders')).toBe('v1');
  });

  it('pins a set at once and takes it back by one undo', async () => {
    const server = new Pins();
    const pins = model(server);
    await pins.refresh();
    const before = server.revision;
    const set = [
      { dataset: 'sales.orders', version: 'v2' },
      { dataset: 'sales.items', version: 'v1' }
    ];
    expect(await pins.pinAll(set)).toBe(true);
    expect(server.revision).toBe(before + 1);
    expect(Object.fromEntries(server.pins)).toEqual({
      'sales.orders': 'v2',
      'sales.items': 'v1'
    });
    expect(await pins.undo()).toBe(true);
    expect(Object.fromEntries(server.pins)).toEqual({ 'sales.orders': 'v1' });
    expect(pins.canUndo).toBe(false);
  });

  it('puts back what was unpinned', async () => {
    const server = new Pins();
    const pins = model(server);
    await pins.refresh();
    await pins.unpin('sales.orders');
    expect(server.pins.size).toBe(0);
    await pins.undo();
    expect(server.pins.get('sales.orders')).toBe('v1');
  });

  it('says why a change was not made', async () => {
    const server = new Pins();
    const pins = model(server);
    await pins.refresh();
    server.refuse = true;
    expect(await pins.change('sales.orders', 'v2')).toBe(false);
    expect(pins.notice?.message).toBe('Changed.');
  });

  it('makes changes one after the other, each on what the one before left', async () => {
    const server = new Pins();
    const pins = model(server);
    await pins.refresh();
    const done = await Promise.all([
      pins.explain('sales.orders', 'a new reason'),
      pins.change('sales.orders', null),
      pins.pin('sales.customers', 'v2'),
      pins.undo(),
      pins.undo()
    ]);
    expect(done).toEqual([true, true, true, true, true]);
    expect(pins.notice).toBeNull();
    expect([...server.pins]).toEqual([['sales.orders', 'v1']]);
    expect(server.reasons.get('sales.orders')).toBe('a new reason');
  });

  it('goes on after a change that was refused', async () => {
    const server = new Pins();
    const pins = model(server);
    await pins.refresh();
    const done = await Promise.all([
      pins.change('sales.orders', 'v404'),
      pins.change('sales.orders', 'v2')
    ]);
    expect(done).toEqual([false, true]);
    expect(server.pins.get('sales.orders')).toBe('v2');
  });

  it('pins a notebook that is not in front on its own revision', async () => {
    const server = new Pins();
    const pins = model(server);
    await pins.refresh();
    server.revision = 7;
    expect(await pins.pin('sales.customers', 'v2', 'other.ipynb')).toBe(true);
  });

  it('puts back a version that is missing here', async () => {
    const server = new Pins();
    server.pins.set('sales.orders', 'v404');
    const pins = model(server);
    await pins.refresh();
    await pins.unpin('sales.orders');
    expect(await pins.undo()).toBe(true);
    expect(server.pins.get('sales.orders')).toBe('v404');
    expect(server.reasons.get('sales.orders')).toBe('year end');
  });

  it('keeps what can be undone when undoing fails, and through a rename', async () => {
    const server = new Pins();
    const { model: pins, front } = desk(server);
    await pins.refresh();
    await pins.change('sales.orders', 'v2');
    server.refuse = true;
    expect(await pins.undo()).toBe(false);
    expect(pins.canUndo).toBe(true);
    server.refuse = false;
    front('renamed.ipynb');
    await settled();
    expect(pins.canUndo).toBe(true);
    expect(await pins.undo()).toBe(true);
    expect(server.pins.get('sales.orders')).toBe('v1');
    expect(pins.canUndo).toBe(false);
  });

  it.each([
    ['a save', (on: IDesk) => on.saved('n.ipynb')],
    ['a stamp', (on: IDesk) => on.told('stamp', 'id')],
    ['a change elsewhere', (on: IDesk) => on.told('pins', 'id')],
    ['a new version', (on: IDesk) => on.told('version', 'sales.orders@v5')]
  ])('asks again after %s', async (_, happens) => {
    const server = new Pins();
    const on = desk(server);
    await on.model.refresh();
    server.pins.set('sales.customers', 'v1');
    happens(on);
    await settled();
    expect(on.model.summary?.pins).toBe(2);
  });

  it('asks nothing for the save of another notebook', async () => {
    const server = new Pins();
    const on = desk(server);
    await on.model.refresh();
    server.pins.set('sales.customers', 'v1');
    on.saved('other.ipynb');
    on.told('stamp', 'other');
    await settled();
    expect(on.model.summary?.pins).toBe(1);
  });
});

describe('PinsView', () => {
  // jsdom lays nothing out, so it cannot scroll.
  beforeAll(() => {
    Element.prototype.scrollIntoView = jest.fn();
  });

  const noop = (): void => undefined;
  const props: IPinsViewProps = {
    notebook: 'revenue.ipynb',
    pins: [status('sales.orders', 'v1', 2), status('sales.customers', 'v9')],
    failure: null,
    notice: null,
    canUndo: true,
    trans,
    onOpen: noop,
    onChange: noop,
    onUnpin: noop,
    onRefresh: () => undefined,
    onExplain: noop,
    onUndo: noop,
    onDismiss: noop,
    onRetry: noop,
    onBrowse: noop,
    onSelect: noop,
    loadVersions: () => Promise.resolve(page([], null))
  };

  it('says why the rows of a pin are gone, and offers the newest that is not', () => {
    const onChange = jest.fn();
    const erased = status('sales.orders', 'v1', 2, 'erased');
    const pinned = {
      ...made('v1'),
      erased: { reason: 'Ada asked us to.', by: 'ann', at: '2026-11-28' }
    };
    const { rerender } = render(
      <PinsView {...props} pins={[{ ...erased, pinned }]} onChange={onChange} />
    );
    expect(screen.getByText('erased')).toBeInTheDocument();
    expect(screen.getByText(/Ada asked us to/)).toBeInTheDocument();
    fireEvent.click(screen.getByRole('button', { name: /Upgrade to v9/ }));
    expect(onChange).toHaveBeenCalledWith('sales.orders', 'v9');
    rerender(
      <PinsView {...props} pins={[{ ...erased, pinned, newest: pinned }]} />
    );
    expect(screen.queryByRole('button', { name: /Upgrade/ })).toBeNull();
  });

  it('says when a pinned sample is erased', () => {
    const pinned = { ...made('v9'), expires: '2026-12-24T12:00:00.000Z' };
    render(
      <PinsView
        {...props}
        pins={[{ ...status('sales.orders', 'v9'), pinned }]}
      />
    );
    expect(screen.getByText(/Dec 24, 2026/)).toBeInTheDocument();
  });

  it('says the state of each pin in words', async () => {
    const { container } = render(<PinsView {...props} />);
    expect(screen.getByText('2 behind')).toBeInTheDocument();
    expect(screen.getByText('current')).toBeInTheDocument();
    expect(await axe(container)).toHaveNoViolations();
  });

  const list = (): HTMLElement[] => screen.queryAllByRole('option');
  const choosing = (name = /Change v1 of sales.orders/): void => {
    fireEvent.click(screen.getByRole('button', { name }));
  };

  it('lists versions by message, tag and age, page by page', async () => {
    const loadVersions = jest.fn((_: string, cursor?: string) =>
      Promise.resolve(
        cursor === undefined
          ? page([made('v9', 'nightly load', ['golden']), made('v8')], 'more')
          : page([made('v1', 'first load')], null)
      )
    );
    const { container } = render(
      <PinsView {...props} loadVersions={loadVersions} />
    );
    choosing();
    expect(await screen.findByText('nightly load')).toBeInTheDocument();
    expect(list()[0]).toHaveTextContent(/v9.*golden.*ago/);
    expect(await axe(container)).toHaveNoViolations();
    fireEvent.click(
      screen.getByRole('button', { name: 'Show older versions' })
    );
    expect(await screen.findByText('first load')).toBeInTheDocument();
    expect(loadVersions).toHaveBeenLastCalledWith('sales.orders', 'more');
    expect(list()).toHaveLength(3);
    expect(screen.queryByText('Show older versions')).toBeNull();
    fireEvent.change(screen.getByRole('combobox'), {
      target: { value: 'LOAD gold' }
    });
    expect(list()).toHaveLength(1);
    fireEvent.change(screen.getByRole('combobox'), {
      target: { value: 'nothing' }
    });
    expect(screen.getByText('No version is like this.')).toBeInTheDocument();
    expect(await axe(container)).toHaveNoViolations();
  });

  it('changes nothing before Enter, and gives the keyboard back', async () => {
    const onChange = jest.fn();
    const versions = ['v9', 'v8', 'v1'].map(name => made(name));
    const loadVersions = (): Promise<VersionPage> =>
      Promise.resolve(page(versions, null));
    render(<PinsView {...props} {...{ onChange, loadVersions }} />);
    choosing();
    await screen.findAllByRole('option');
    const field = screen.getByRole('combobox');
    expect(field).toHaveFocus();
    fireEvent.keyDown(field, { key: 'ArrowUp' });
    fireEvent.keyDown(field, { key: 'ArrowUp' });
    fireEvent.keyDown(field, { key: 'ArrowDown' });
    expect(field).toHaveAttribute('aria-activedescendant', list()[1].id);
    expect(onChange).not.toHaveBeenCalled();
    fireEvent.keyDown(field, { key: 'Escape' });
    expect(list()).toHaveLength(0);
    choosing();
    await screen.findAllByRole('option');
    fireEvent.keyDown(screen.getByRole('combobox'), { key: 'ArrowUp' });
    fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' });
    expect(onChange.mock.calls).toEqual([['sales.orders', 'v8']]);
    expect(
      screen.getByRole('button', { name: /Change v1 of sales.orders/ })
    ).toHaveFocus();
  });

  it('says why there is no list, and tries again', async () => {
    const loadVersions = jest
      .fn<Promise<VersionPage>, []>()
      .mockRejectedValueOnce(
        new HeadwaterError({
          code: 'unreachable',
          message: 'No answer.',
          hint: 'Wait.'
        })
      )
      .mockResolvedValue(page([made('v1', 'first load')], null));
    const { container } = render(
      <PinsView {...props} loadVersions={loadVersions} />
    );
    choosing();
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'No answer. Wait.'
    );
    expect(await axe(container)).toHaveNoViolations();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('first load')).toBeInTheDocument();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('tells which row has the keyboard', () => {
    const onSelect = jest.fn();
    render(<PinsView {...props} onSelect={onSelect} />);
    screen.getByRole('button', { name: 'Unpin sales.customers' }).focus();
    expect(onSelect).toHaveBeenLastCalledWith('sales.customers');
  });

  it('upgrades to the newest version', () => {
    const onChange = jest.fn();
    render(<PinsView {...props} onChange={onChange} />);
    fireEvent.click(screen.getByRole('button', { name: /Upgrade to v9/ }));
    expect(onChange).toHaveBeenCalledWith('sales.orders', 'v9');
  });

  it.each([
    ['no notebook', { notebook: null }, 'No notebook is in front'],
    ['nothing pinned', { pins: [] }, 'Nothing is pinned yet'],
    [
      'a failure',
      { pins: null, failure: { message: 'It broke.', hint: 'Mend it.' } },
      'It broke.'
    ]
  ])('shows %s', async (_, change, text) => {
    const { container } = render(
      <PinsView {...props} {...(change as Partial<IPinsViewProps>)} />
    );
    expect(container).toHaveTextContent(text);
    expect(await axe(container)).toHaveNoViolations();
  });
});
