/** Samples of production tables: one click, or two for choosing. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { CommandIDs, type IDatasetArgs, type ISampleArgs } from '../commands';
import { IHeadwater, IJobs, INotebookBridge, IPinner } from '../tokens';
import { SampleLoader } from './loader';
import type { ITableName } from './table-dialog';

const ARGS = {
  type: 'object',
  properties: {
    source: { type: 'string', description: 'A source of headwater.toml' },
    table: { type: 'string', description: 'Its table, as schema.table' },
    pointed: {
      type: 'boolean',
      description: 'The table under the context menu'
    }
  }
};

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-headwater:sample',
  description: 'Draws masked samples of production tables.',
  autoStart: true,
  requires: [IHeadwater, IJobs, INotebookBridge, IPinner, ITranslator],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    headwater: IHeadwater,
    jobs: IJobs,
    bridge: INotebookBridge,
    pinner: IPinner,
    translator: ITranslator,
    palette: ICommandPalette | null
  ): void => {
    const trans = translator.load('jupyterlab_headwater');
    const loader = new SampleLoader(
      headwater,
      jobs,
      bridge,
      pinner,
      trans,
      args =>
        void app.commands.execute(CommandIDs.openDataset, {
          ...args
        })
    );
    /** The table that a command means: as its arguments say, else as the user chooses. */
    const tableOf = async (args: ISampleArgs): Promise<ITableName | null> => {
      const { source, table } = args.pointed ? pointedAt(app) : args;
      if (source !== undefined && table !== undefined) {
        return { source, table };
      }
      const { askForTable } = await import('./table-dialog');
      return askForTable(headwater, trans);
    };

    app.commands.addCommand(CommandIDs.loadSample, {
      label: trans.__('Load Sample'),
      caption: trans.__('Draw 100,000 rows, masked, pin them and load them'),
      describedBy: { args: ARGS },
      execute: async args => {
        const wanted = await tableOf(args);
        if (wanted !== null) {
          await loader.load(wanted);
        }
      }
    });

    app.commands.addCommand(CommandIDs.configureSample, {
      label: trans.__('Load Sample, Choosing Rows and Masks…'),
      caption: trans.__('Choose rows, seed and masks of a sample'),
      describedBy: { args: ARGS },
      execute: async args => {
        const wanted = await tableOf(args);
        if (wanted === null) {
          return;
        }
        const { askForSample } = await import('./dialog');
        const { source, table } = wanted;
        const request = await askForSample(headwater, source, table, trans);
        if (request !== null) {
          await loader.load(request);
        }
      }
    });

    app.commands.addCommand(CommandIDs.refreshSample, {
      label: trans.__('Refresh Sample'),
      caption: trans.__(
        'Draw the sample again by its own recipe, as its next version'
      ),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            dataset: {
              type: 'string',
              description: 'The sample; the one selected when absent'
            },
            version: { type: 'string', description: 'v12' }
          }
        }
      },
      isEnabled: args =>
        ((args as IDatasetArgs).dataset ?? headwater.selection.dataset) !==
        null,
      execute: async args => {
        const { selection } = headwater;
        const { dataset = selection.dataset, version } = args as IDatasetArgs;
        if (dataset !== null) {
          const { newest } = await headwater.client.dataset(dataset);
          await loader.refresh(dataset, version ?? newest.version);
        }
      }
    });

    const category = trans.__('Headwater');
    palette?.addItem({ command: CommandIDs.refreshSample, category });
    palette?.addItem({ command: CommandIDs.loadSample, category });
    palette?.addItem({ command: CommandIDs.configureSample, category });
  }
};

/** The table whose row the context menu was opened on. */
function pointedAt(app: JupyterFrontEnd): ISampleArgs {
  const row = app.contextMenuHitTest(node =>
    node.classList.contains('jp-Headwater-table')
  );
  return { source: row?.dataset.source, table: row?.dataset.table };
}

export default plugin;
