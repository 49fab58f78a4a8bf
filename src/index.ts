/** The list of plugins, nothing else. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import browser from './browser/plugin';
import connection from './connection/plugin';
import dataset from './dataset/plugin';
import jobs from './jobs/plugin';
import notebook from './notebook/plugin';
import pins from './pins/plugin';
import sample from './sample/plugin';
import stamp from './stamp/plugin';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  connection,
  notebook,
  jobs,
  browser,
  dataset,
  pins,
  sample,
  stamp
];

export default plugins;
