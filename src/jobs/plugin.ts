/** Follows long work, also work that this browser did not start or that a reload has forgotten. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../commands';
import { IHeadwater, IJobs } from '../tokens';
import { JobFollower, hasEnded } from './follower';

const plugin: JupyterFrontEndPlugin<IJobs> = {
  id: 'jupyterlab-headwater:jobs',
  description: 'Shows the progress of imports and samples, and stops them.',
  autoStart: true,
  requires: [IHeadwater, ITranslator],
  provides: IJobs,
  activate: (
    app: JupyterFrontEnd,
    headwater: IHeadwater,
    translator: ITranslator
  ): IJobs => {
    const trans = translator.load('jupyterlab_headwater');
    const jobs = new JobFollower(headwater, trans);
    app.commands.addCommand(CommandIDs.cancelJob, {
      label: trans.__('Stop an import or a sample'),
      caption: trans.__('Stop long work of Headwater; nothing of it is kept'),
      describedBy: {
        args: {
          type: 'object',
          properties: { job: { type: 'string' } },
          required: ['job']
        }
      },
      isVisible: args => typeof args.job === 'string',
      execute: async args => jobs.cancel(args.job as string)
    });
    void app.restored.then(async () => {
      try {
        const { jobs: recent } = await headwater.client.jobs();
        recent
          .filter(job => !hasEnded(job))
          .forEach(job => void jobs.follow(job));
      } catch {
        // The browser panel says what is wrong with the server.
      }
    });
    return jobs;
  }
};

export default plugin;
