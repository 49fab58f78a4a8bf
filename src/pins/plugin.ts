/** Pins of notebooks: the panel, the commands, and the pinner for other parts. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ITranslator, type TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import type { PinStatus } from '../api/types';
import { CommandIDs, type IDatasetArgs } from '../commands';
import { IHeadwater, INotebookBridge, IPinner } from '../tokens';
import { NotebookHolder } from './holder';
import { PinsModel } from './model';
import { PinsPanel } from './panel';
import pinSvg from '../../style/icons/pin.svg';

const pinIcon = new LabIcon({ name: 'headwater:pin', svgstr: pinSvg });

const DATASET_ARGS = {
  type: 'object',
  properties: {
    dataset: { type: 'string', description: 'The dataset, as namespace.name' },
    version: {
      type: 'string',
      description: 'v12, a tag or a digest prefix; the newest when absent'
    },
    path: {
      type: 'string',
      description: 'Path of the notebook; the one in front when absent'
    }
  }
};

/** The commands that change a pin. */
const CHANGES = [
  CommandIDs.pinDataset,
  CommandIDs.unpinDataset,
  CommandIDs.upgradePin,
  CommandIDs.undoPin
];

const plugin: JupyterFrontEndPlugin<IPinner> = {
  id: 'jupyterlab-headwater:pins',
  description: 'Shows and changes what the notebook in front is pinned to.',
  autoStart: true,
  requires: [IHeadwater, INotebookBridge, ITranslator],
  optional: [ICommandPalette, ILayoutRestorer],
  provides: IPinner,
  activate: (
    app: JupyterFrontEnd,
    headwater: IHeadwater,
    bridge: INotebookBridge,
    translator: ITranslator,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): IPinner => {
    const trans = translator.load('jupyterlab_headwater');
    const holder = new NotebookHolder(headwater, bridge);
    const model = new PinsModel(headwater, bridge);
    model.changed.connect(() => {
      if (model.path !== null && model.pins !== null) {
        holder.mirror(model.path, model.pins);
      }
    });
    const panel = new PinsPanel(
      model,
      headwater.selection,
      app.commands,
      trans
    );
    panel.id = 'headwater-pins';
    panel.title.icon = pinIcon;
    panel.title.caption = trans.__('Headwater pins');
    app.shell.add(panel, 'right', { rank: 200 });
    restorer?.add(panel, panel.id);
    addCommands(app, headwater, model, panel, trans);
    const category = trans.__('Headwater');
    for (const command of [CommandIDs.showPins, ...CHANGES]) {
      palette?.addItem({ command, category });
    }
    return model;
  }
};

function addCommands(
  app: JupyterFrontEnd,
  headwater: IHeadwater,
  model: PinsModel,
  panel: PinsPanel,
  trans: TranslationBundle
): void {
  const { commands, shell } = app;
  const wanted = (args: IDatasetArgs): IDatasetArgs => ({
    dataset: args.dataset ?? headwater.selection.dataset ?? undefined,
    version:
      args.version ??
      (args.dataset ? undefined : (headwater.selection.version ?? undefined)),
    path: args.path
  });
  const pinned = (args: IDatasetArgs): PinStatus | undefined =>
    model.status(wanted(args).dataset ?? '');

  commands.addCommand(CommandIDs.showPins, {
    label: trans.__('Show Pins'),
    caption: trans.__('Show which data the notebook in front is held to'),
    icon: pinIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => shell.activateById(panel.id)
  });

  commands.addCommand(CommandIDs.pinDataset, {
    label: trans.__('Pin to Notebook'),
    caption: trans.__(
      'Hold the notebook in front to this version of the dataset'
    ),
    icon: pinIcon,
    describedBy: { args: DATASET_ARGS },
    isEnabled: args => {
      const { dataset, path } = wanted(args);
      return (
        dataset !== undefined && (path !== undefined || model.path !== null)
      );
    },
    execute: async args => {
      const { dataset, version, path } = wanted(args);
      if (dataset === undefined) {
        return false;
      }
      if ((path ?? model.path) === null) {
        Notification.warning(
          trans.__('Open a notebook first: a pin belongs to one.'),
          {
            autoClose: 5_000
          }
        );
        return false;
      }
      const done = await model.pin(dataset, version, path);
      shell.activateById(panel.id);
      return done;
    }
  });

  commands.addCommand(CommandIDs.unpinDataset, {
    label: trans.__('Unpin from Notebook'),
    caption: trans.__(
      'Let the notebook in front read the newest version again'
    ),
    describedBy: { args: DATASET_ARGS },
    isEnabled: args => Boolean(pinned(args)?.pin),
    execute: async args => {
      const status = pinned(args);
      return status?.pin ? model.unpin(status.dataset) : false;
    }
  });

  commands.addCommand(CommandIDs.upgradePin, {
    label: trans.__('Upgrade Pin to the Newest Version'),
    caption: trans.__(
      'Hold the notebook in front to the newest version of the dataset'
    ),
    describedBy: { args: DATASET_ARGS },
    isEnabled: args => pinned(args)?.state === 'behind',
    execute: async args => {
      const status = pinned(args);
      return status ? model.change(status.dataset, null) : false;
    }
  });

  commands.addCommand(CommandIDs.undoPin, {
    label: trans.__('Undo the Last Change of a Pin'),
    caption: trans.__(
      'Take back the last change of a pin of the notebook in front'
    ),
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => model.canUndo,
    execute: () => model.undo()
  });
  model.changed.connect(() => {
    for (const command of CHANGES) {
      commands.notifyCommandChanged(command);
    }
  });
}

export default plugin;
