/** The dataset browser: its panel and its commands. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, type TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import { asHeadwaterError } from '../api/errors';
import { CommandIDs, type IDatasetArgs, type IImportArgs } from '../commands';
import { IHeadwater, IJobs, INotebookBridge } from '../tokens';
import { BrowserModel } from './model';
import { BrowserPanel } from './panel';
import { ProductionModel } from './production-model';
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
  optional: [ICommandPalette, ILayoutRestorer, IFileBrowserFactory],
  activate: (
    app: JupyterFrontEnd,
    headwater: IHeadwater,
    bridge: INotebookBridge,
    jobs: IJobs,
    translator: ITranslator,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    files: IFileBrowserFactory | null
  ): void => {
    const trans = translator.load('jupyterlab_headwater');
    const model = new BrowserModel(headwater);
    const production = new ProductionModel(headwater);
    const panel = new BrowserPanel({
      model,
      production,
      bridge,
      commands: app.commands,
      trans
    });
    panel.id = 'headwater-browser';
    panel.title.icon = headwaterIcon;
    panel.title.caption = trans.__('Headwater: datasets and production');
    app.shell.add(panel, 'left', { rank: 150 });
    restorer?.add(panel, panel.id);

    addBrowserCommands(app, model, production, panel, trans);
    addDatasetCommands(app, headwater, trans);
    addImport(app, headwater, jobs, files, trans);
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
  model: BrowserModel,
  production: ProductionModel,
  panel: BrowserPanel,
  trans: TranslationBundle
): void {
  app.commands.addCommand(CommandIDs.showBrowser, {
    label: args =>
      args.tab === 'production'
        ? trans.__('Browse Production')
        : trans.__('Browse Datasets'),
    caption: trans.__('Show the datasets of Headwater'),
    icon: headwaterIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          tab: { type: 'string', enum: ['datasets', 'production'] }
        }
      }
    },
    execute: args => {
      panel.showTab(args.tab === 'production' ? 'production' : 'datasets');
      app.shell.activateById(panel.id);
    }
  });
  app.commands.addCommand(CommandIDs.refreshBrowser, {
    label: trans.__('Refresh the Dataset Browser'),
    caption: trans.__('Ask the server for datasets and sources again'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      await Promise.all([model.refresh(), production.refresh()]);
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

function addImport(
  app: JupyterFrontEnd,
  headwater: IHeadwater,
  jobs: IJobs,
  files: IFileBrowserFactory | null,
  trans: TranslationBundle
): void {
  const chosen = (args: IImportArgs): string | null => {
    const item = files?.tracker.currentWidget?.selectedItems().next();
    const path = args.path ?? (item && !item.done ? item.value.path : null);
    return path === null ? null : app.serviceManager.contents.localPath(path);
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
            description: 'Path below the root of the server'
          }
        }
      }
    },
    isEnabled: args => chosen(args) !== null,
    execute: async args => {
      const path = chosen(args);
      if (path === null) {
        return;
      }
      const { askForImport } = await import('./import-dialog');
      const request = await askForImport(path, trans);
      if (request === null) {
        return;
      }
      try {
        await jobs.follow(await headwater.client.startImport(request));
      } catch (reason) {
        const error = asHeadwaterError(reason);
        Notification.error(
          [error.message, error.hint].filter(Boolean).join(' ')
        );
      }
    }
  });
}

export default plugin;
