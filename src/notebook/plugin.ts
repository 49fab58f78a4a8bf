/** Provides the bridge to notebooks. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { INotebookBridge } from '../tokens';
import { NotebookBridge } from './bridge';

const plugin: JupyterFrontEndPlugin<INotebookBridge> = {
  id: 'jupyterlab-headwater:notebook',
  description:
    'Provides the notebook in front to the other parts of Headwater.',
  autoStart: true,
  requires: [INotebookTracker],
  provides: INotebookBridge,
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker
  ): INotebookBridge => new NotebookBridge(tracker, app.serviceManager.contents)
};

export default plugin;
