/** Samples of production tables: one click, or two for choosing. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { CommandIDs, type ISampleArgs } from '../commands';
import { IHeadwater, IJobs, INotebookBridge, IPinner } from '../tokens';
import { SampleLoader } from './loader';

const ARGS = {
  type: 'object',
  properties: {
    source: { type: 'string', description: 'A source of headwater.toml' },
    table: { type: 'string', description: 'Its table, as schema.table' }
  },
  required: ['source', 'table']
};

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-headwater:sample',
  description: 'Draws masked samples of production tables.',
  autoStart: true,
  requires: [IHeadwater, IJobs, INotebookBridge, IPinner, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    headwater: IHeadwater,
    jobs: IJobs,
    bridge: INotebookBridge,
    pinner: IPinner,
    translator: ITranslator
  ): void => {
    const trans = translator.load('jupyterlab_headwater');
    const loader = new SampleLoader(headwater, jobs, bridge, pinner, trans);
    const named = (args: ISampleArgs): args is Required<ISampleArgs> =>
      args.source !== undefined && args.table !== undefined;

    app.commands.addCommand(CommandIDs.loadSample, {
      label: trans.__('Load Sample'),
      caption: trans.__('Draw 100,000 rows, masked, pin them and load them'),
      describedBy: { args: ARGS },
      isVisible: args => named(args),
      execute: async args => {
        const wanted = args as ISampleArgs;
        if (named(wanted)) {
          await loader.load({ source: wanted.source, table: wanted.table });
        }
      }
    });

    app.commands.addCommand(CommandIDs.configureSample, {
      label: trans.__('Load Sample…'),
      caption: trans.__('Choose rows, seed and masks of a sample'),
      describedBy: { args: ARGS },
      isVisible: args => named(args),
      execute: async args => {
        const wanted = args as ISampleArgs;
        if (!named(wanted)) {
          return;
        }
        const { askForSample } = await import('./dialog');
        const request = await askForSample(
          headwater,
          wanted.source,
          wanted.table,
          trans
        );
        if (request !== null) {
          await loader.load(request);
        }
      }
    });
  }
};

export default plugin;
