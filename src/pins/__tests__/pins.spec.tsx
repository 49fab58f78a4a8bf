import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { fireEvent, render, screen } from '@testing-library/react';
import { axe } from 'jest-axe';
import * as React from 'react';
import { HeadwaterError } from '../../api/errors';
import type { IPinChange, NotebookPins, PinStatus } from '../../api/types';
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
  const made = (name: string) => ({
    version: name,
    kind: 'real',
    rests_on: ['real'],
    message: `load of ${name}`,
    created: '2026-01-01T00:00:00.000Z'
  });
  return {
    dataset,
    state,
    behind,
    pin: { dataset, version, digest: '', kind: 'real', reason: 'year end' },
    pinned: made(version),
    newest: made('v9')
  } as unknown as PinStatus;
}

/** A server that keeps pins in memory, with revisions as the real one has. */
class Pins {
  pins = new Map<string, string>([['sales.orders', 'v1']]);
  revision = 1;
  refuse = false;

  document(path: string): NotebookPins {
    const pins = [...this.pins].map(([name, version]) =>
      status(name, version, version === 'v9' ? 0 : 1)
    );
    return {
      path,
      notebook: 'id',
      revision: this.revision,
      pins
    } as NotebookPins;
  }

  change(path: string, operations: readonly IPinChange[]): NotebookPins {
    if (this.refuse) {
      throw new HeadwaterError({ code: 'pin_conflict', message: 'Changed.' });
    }
    for (const operation of operations) {
      if (operation.op === 'remove') {
        this.pins.delete(operation.dataset);
      } else {
        this.pins.set(operation.dataset, operation.version ?? 'v9');
      }
    }
    this.revision += 1;
    return this.document(path);
  }
}

function model(server: Pins): PinsModel {
  const owner = {};
  const headwater = {
    client: {
      pins: (path: string) => Promise.resolve(server.document(path)),
      changePins: async (
        path: string,
        _base: number | null,
        operations: readonly IPinChange[]
      ) => {
        await Promise.resolve();
        return server.change(path, operations);
      }
    },
    events: { event: new Signal(owner), connectionChanged: new Signal(owner) }
  } as unknown as IHeadwater;
  const bridge = {
    path: 'n.ipynb',
    currentChanged: new Signal(owner),
    touch: () => undefined
  } as unknown as INotebookBridge;
  return new PinsModel(headwater, bridge);
}

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
});

describe('PinsView', () => {
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
    onExplain: noop,
    onUndo: noop,
    onDismiss: noop,
    onRetry: noop,
    onBrowse: noop,
    loadVersions: () => Promise.resolve([])
  };

  it('says the state of each pin in words', async () => {
    const { container } = render(<PinsView {...props} />);
    expect(screen.getByText('2 behind')).toBeInTheDocument();
    expect(screen.getByText('current')).toBeInTheDocument();
    expect(await axe(container)).toHaveNoViolations();
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
