/** The dataset browser: its panel and its commands. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, type TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import { asHeadwaterError } from '../api/errors';
import type { ImportRequest } from '../api/types';
import { CommandIDs, type IDatasetArgs, type IImportArgs } from '../commands';
import { IHeadwater, IJobs, INotebookBridge } from '../tokens';
import { showForFiles } from './drag';
import { BrowserModel } from './model';
import { BrowserPanel } from './panel';
import { ProductionModel } from './production-model';
import { RecentModel } from './recent-model';
import headwaterSvg from '../../style/icons/headwater.svg';

const headwaterIcon = new LabIcon({
  name: 'headwater:headwater',
  svgstr: headwaterSvg
});

const PLUGIN = 'jupyterlab-headwater:browser';

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'Finds datasets, and tables of production sources.',
  autoStart: true,
  requires: [IHeadwater, INotebookBridge, IJobs, ITranslator],
  optional: [
    ICommandPalette,
    ILayoutRestorer,
    IStateDB,
    IFileBrowserFactory,
    IDocumentManager
  ],
  activate: (
    app: JupyterFrontEnd,
    headwater: IHeadwater,
    bridge: INotebookBridge,
    jobs: IJobs,
    translator: ITranslator,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null,
    files: IFileBrowserFactory | null,
    manager: IDocumentManager | null
  ): void => {
    const trans = translator.load('jupyterlab_headwater');
    const model = new BrowserModel(headwater);
    const production = new ProductionModel(headwater);
    const recent = new RecentModel(headwater, state);
    const panel = new BrowserPanel({
      model,
      production,
      recent,
      bridge,
      commands: app.commands,
      trans
    });
    panel.id = 'headwater-browser';
    panel.title.icon = headwaterIcon;
    panel.title.caption = trans.__('Headwater: datasets and production');
    app.shell.add(panel, 'left', { rank: 150 });
    restorer?.add(panel, panel.id);
    showForFiles(panel.id, () => app.shell.activateById(panel.id));

    addBrowserCommands(app, { model, production, recent }, panel, trans);
    addDatasetCommands(app, headwater, trans);
    addImport(app, headwater, jobs, { files, manager }, trans);
    followUses(app, headwater, recent);
    const category = trans.__('Headwater');
    for (const command of [
      CommandIDs.showBrowser,
      CommandIDs.refreshBrowser,
      CommandIDs.copyName,
      CommandIDs.importFile
    ]) {
      palette?.addItem({ command, category });
    }
  }
};

function addBrowserCommands(
  app: JupyterFrontEnd,
  models: {
    model: BrowserModel;
    production: ProductionModel;
    recent: RecentModel;
  },
  panel: BrowserPanel,
  trans: TranslationBundle
): void {
  app.commands.addCommand(CommandIDs.showBrowser, {
    label: args =>
      args.tab === 'production'
        ? trans.__('Browse Production')
        : args.tab === 'recent'
          ? trans.__('Browse Recent Datasets')
          : trans.__('Browse Datasets'),
    caption: trans.__('Show the datasets of Headwater'),
    icon: headwaterIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          tab: { type: 'string', enum: ['datasets', 'production', 'recent'] }
        }
      }
    },
    execute: args => {
      const { tab } = args;
      panel.showTab(
        tab === 'production' || tab === 'recent' ? tab : 'datasets'
      );
      app.shell.activateById(panel.id);
    }
  });
  app.commands.addCommand(CommandIDs.refreshBrowser, {
    label: trans.__('Refresh the Dataset Browser'),
    caption: trans.__('Ask the server for datasets and sources again'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      await Promise.all(Object.values(models).map(model => model.refresh()));
    }
  });
}

function addDatasetCommands(
  app: JupyterFrontEnd,
  headwater: IHeadwater,
  trans: TranslationBundle
): void {
  const name = (args: IDatasetArgs): string | null =>
    args.dataset ?? headwater.selection.dataset;
  app.commands.addCommand(CommandIDs.copyName, {
    label: trans.__('Copy Name'),
    caption: trans.__('Copy the name of the dataset'),
    describedBy: {
      args: { type: 'object', properties: { dataset: { type: 'string' } } }
    },
    isEnabled: args => name(args) !== null,
    execute: args => {
      const copied = name(args);
      if (copied !== null) {
        Clipboard.copyToSystem(copied);
        Notification.info(trans.__('Copied %1', copied), { autoClose: 2_000 });
      }
    }
  });
  headwater.selection.changed.connect(() =>
    app.commands.notifyCommandChanged()
  );
}

/** What is opened, loaded or pinned is a dataset used last. */
function followUses(
  app: JupyterFrontEnd,
  headwater: IHeadwater,
  recent: RecentModel
): void {
  const uses: readonly string[] = [
    CommandIDs.openDataset,
    CommandIDs.insertLoadCell,
    CommandIDs.pinDataset
  ];
  app.commands.commandExecuted.connect((_, { id, args }) => {
    const { dataset = headwater.selection.dataset } = args as IDatasetArgs;
    if (uses.includes(id) && dataset !== null) {
      void recent.note(dataset);
    }
  });
}

function addImport(
  app: JupyterFrontEnd,
  headwater: IHeadwater,
  jobs: IJobs,
  from: { files: IFileBrowserFactory | null; manager: IDocumentManager | null },
  trans: TranslationBundle
): void {
  const selected = (args: IImportArgs): string[] => {
    const widget = args.choose ? null : from.files?.tracker.currentWidget;
    const paths = args.path
      ? [args.path]
      : [...(widget?.selectedItems() ?? [])]
          .filter(item => item.type !== 'directory')
          .map(item => item.path);
    return paths.map(path => app.serviceManager.contents.localPath(path));
  };
  const choose = async (): Promise<string[]> => {
    if (from.manager === null) {
      return [];
    }
    const { value } = await FileDialog.getOpenFiles({
      manager: from.manager,
      title: trans.__('Import Files as Versions'),
      label: trans.__('CSV, Parquet, Arrow, Feather or JSON lines files')
    });
    return (value ?? [])
      .filter(file => file.type !== 'directory')
      .map(file => app.serviceManager.contents.localPath(file.path));
  };
  app.commands.addCommand(CommandIDs.importFile, {
    label: trans.__('Save as Version…'),
    caption: trans.__('Make a dataset version of this file'),
    icon: headwaterIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: {
            type: 'string',
            description:
              'Path below the root of the server; the selected files when absent'
          },
          choose: {
            type: 'boolean',
            description: 'Let files be chosen, whatever is selected'
          }
        }
      }
    },
    isEnabled: args => from.manager !== null || selected(args).length > 0,
    execute: async args => {
      const given = selected(args);
      const paths = given.length > 0 ? given : await choose();
      const { askForImport } = await import('./import-dialog');
      for (const path of paths) {
        const request = await askForImport(path, trans);
        if (request !== null) {
          // The next file is asked about while this one is read.
          void follow(request);
        }
      }
    }
  });
  const follow = async (request: ImportRequest): Promise<void> => {
    try {
      await jobs.follow(await headwater.client.startImport(request));
    } catch (reason) {
      const error = asHeadwaterError(reason);
      Notification.error([error.message, error.hint].filter(Boolean).join(' '));
    }
  };
}

export default plugin;
