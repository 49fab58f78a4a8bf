/** Connects the browser to the server extension. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { HeadwaterClient } from '../api/client';
import { EventStream } from '../api/events';
import { IHeadwater } from '../tokens';
import { DatasetSelection } from './selection';

const plugin: JupyterFrontEndPlugin<IHeadwater> = {
  id: 'jupyterlab-headwater:connection',
  description:
    'Provides the client of the Headwater server extension and its events.',
  autoStart: true,
  provides: IHeadwater,
  activate: (app: JupyterFrontEnd): IHeadwater => {
    const settings = app.serviceManager.serverSettings;
    const events = new EventStream(settings);
    // Before any list is asked for: what happens after the answer is then told.
    events.start();
    return {
      client: new HeadwaterClient(settings),
      events,
      selection: new DatasetSelection()
    };
  }
};

export default plugin;
