import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { axe } from 'jest-axe';
import { CommandIDs } from '../../commands';
import type { INotebookBridge, IPinner, IPinSummary } from '../../tokens';
import { badgeMeaning, badgeText } from '../badge';
import type { Badge, StampModel } from '../model';
import { BadgeWidget, PassportPanel, StatusItem } from '../panel';

const trans = nullTranslator.load('headwater');
const WORDS: [Badge, string][] = [
  ['stamped', 'stamped'],
  ['changed', 'changed since stamp'],
  ['floating', 'floating reads'],
  ['unsigned', 'unsigned'],
  ['outside', 'not stamped'],
  ['none', 'no stamp']
];

/** Do something, and let Lumino and then React draw it. */
function drawn(something: () => void): Promise<void> {
  return act(async () => {
    something();
    MessageLoop.flush();
    await new Promise(resolve => setTimeout(resolve, 0));
  });
}

class Shown {
  badge: Badge | null = 'stamped';
  summary: IPinSummary | null = null;
  readonly changed = new Signal<this, void>(this);
  readonly opened = jest.fn();
  readonly commands = new CommandRegistry();

  constructor() {
    this.commands.addCommand(CommandIDs.showPassport, {
      execute: this.opened,
      describedBy: { args: {} }
    });
  }

  badgeOf(path: string): Badge | null {
    return path === 'n.ipynb' ? this.badge : null;
  }

  async put(widget: Widget): Promise<Widget> {
    await drawn(() => Widget.attach(widget, document.body));
    return widget;
  }

  /** Say that something changed. */
  draw(): Promise<void> {
    return drawn(() => this.changed.emit());
  }

  toolbar(path = 'n.ipynb'): Promise<Widget> {
    const model = this as unknown as StampModel;
    return this.put(new BadgeWidget(() => path, model, this.commands, trans));
  }

  status(): Promise<Widget> {
    return this.put(
      new StatusItem(
        this as unknown as StampModel,
        this as unknown as IPinner,
        this.commands,
        trans
      )
    );
  }
}

afterEach(() => document.body.replaceChildren());

describe.each(WORDS)('the state %s', (badge, words) => {
  it('is said by the toolbar in words, and opens the passport', async () => {
    const shown = new Shown();
    shown.badge = badge;
    const widget = await shown.toolbar();
    const button = screen.getByRole('button', { name: words });
    expect(button).toHaveAttribute('data-badge', badge);
    expect(button.title).toContain(badgeMeaning(badge, trans));
    expect(button.querySelector('svg')).toHaveAttribute('aria-hidden', 'true');
    fireEvent.click(button);
    expect(shown.opened).toHaveBeenCalledTimes(1);
    expect(await axe(widget.node)).toHaveNoViolations();
  });

  it('is said by the status bar beside the pins, and opens the passport', async () => {
    const shown = new Shown();
    shown.badge = badge;
    shown.summary = { pins: 3, behind: 1 };
    const widget = await shown.status();
    const button = screen.getByRole('button');
    expect(button).toHaveTextContent(`3 pins, 1 behind | ${words}`);
    expect(button.title).toContain(badgeMeaning(badge, trans));
    fireEvent.click(button);
    expect(shown.opened).toHaveBeenCalledTimes(1);
    expect(await axe(widget.node)).toHaveNoViolations();
  });
});

describe('BadgeWidget', () => {
  it('shows another state as soon as there is one, and none while none is known', async () => {
    const shown = new Shown();
    shown.badge = null;
    await shown.toolbar();
    expect(screen.queryByRole('button')).toBeNull();
    for (const [badge, words] of WORDS) {
      shown.badge = badge;
      await shown.draw();
      expect(screen.getByRole('button')).toHaveTextContent(words);
    }
  });

  it('is of its own notebook', async () => {
    await new Shown().toolbar('another.ipynb');
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('StatusItem', () => {
  it.each([
    [null, 'stamped'],
    [{ pins: 0, behind: 0 }, '0 pins | stamped'],
    [{ pins: 1, behind: 0 }, '1 pin | stamped'],
    [{ pins: 4, behind: 2 }, '4 pins, 2 behind | stamped']
  ])('counts pins: %j', async (summary, words) => {
    const shown = new Shown();
    shown.summary = summary;
    await shown.status();
    expect(screen.getByRole('button')).toHaveTextContent(words);
  });

  it('says nothing while nothing is known', async () => {
    const shown = new Shown();
    shown.badge = null;
    await shown.status();
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('PassportPanel', () => {
  it('takes the keyboard when it is opened', async () => {
    const shown = new Shown();
    const model = Object.assign(shown, { name: null });
    const panel = await shown.put(
      new PassportPanel(
        model as unknown as StampModel,
        {} as INotebookBridge,
        shown.commands,
        trans
      )
    );
    panel.activate();
    MessageLoop.flush();
    await waitFor(() => expect(panel.node).toHaveFocus());
  });
});

it('has words for every state, and no two the same', () => {
  const said = WORDS.map(([badge]) => badgeText(badge, trans));
  expect(said).toEqual(WORDS.map(([, words]) => words));
  expect(new Set(said).size).toBe(WORDS.length);
});
