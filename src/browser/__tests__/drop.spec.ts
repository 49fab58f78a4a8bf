import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { MimeData } from '@lumino/coreutils';
import { BrowserPanel } from '../panel';

const FILES = 'application/x-jupyter-icontents';

function dragged(type: string, mimeType = FILES) {
  const mimeData = new MimeData();
  mimeData.setData(mimeType, ['a.csv', 'b/c.parquet']);
  return Object.assign(new Event(type, { cancelable: true }), {
    mimeData,
    dropAction: 'none',
    proposedAction: 'move'
  });
}

function panel(ran: unknown[]): BrowserPanel {
  const commands = new CommandRegistry();
  commands.addCommand('headwater:import-file', {
    execute: args => ran.push(args.path)
  });
  return new BrowserPanel({
    model: {},
    commands,
    trans: nullTranslator.load('headwater')
  } as unknown as BrowserPanel.IOptions);
}

it('takes the action that the file browser offers, and every file', async () => {
  const ran: unknown[] = [];
  const over = dragged('lm-dragover');
  const dropped = dragged('lm-drop');
  const target = panel(ran);
  target.handleEvent(over);
  expect(over.dropAction).toBe('move');
  expect(target.hasClass('jp-mod-dropTarget')).toBe(true);
  target.handleEvent(dropped);
  await new Promise(done => setTimeout(done, 0));
  expect(ran).toEqual(['a.csv', 'b/c.parquet']);
  expect(target.hasClass('jp-mod-dropTarget')).toBe(false);
});

it('lets other things pass', () => {
  const over = dragged('lm-dragover', 'text/plain');
  panel([]).handleEvent(over);
  expect(over.dropAction).toBe('none');
  expect(over.defaultPrevented).toBe(false);
});
