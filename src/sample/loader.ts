/** From a table of production to rows in the notebook: draw, pin, insert the load cell. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { Notification } from '@jupyterlab/apputils';
import { asHeadwaterError } from '../api/errors';
import type { Job, SampleRequest } from '../api/types';
import type { IDatasetArgs } from '../commands';
import type { IHeadwater, IJobs, INotebookBridge, IPinner } from '../tokens';

export class SampleLoader {
  constructor(
    headwater: IHeadwater,
    jobs: IJobs,
    bridge: INotebookBridge,
    pinner: IPinner,
    trans: TranslationBundle,
    open: (args: IDatasetArgs) => void
  ) {
    this._headwater = headwater;
    this._jobs = jobs;
    this._bridge = bridge;
    this._pinner = pinner;
    this._trans = trans;
    this._open = open;
  }

  /**
   * Draw a sample; when it is there, pin it to the notebook that was in front at the start and insert its load cell.
   * @returns the ended job, or null when the draw was refused
   */
  async load(request: SampleRequest): Promise<Job | null> {
    // The reader may turn to another notebook while rows come.
    const path = this._bridge.path;
    let job: Job;
    try {
      job = await this._headwater.client.startSample(request);
    } catch (reason) {
      const error = asHeadwaterError(reason);
      Notification.error([error.message, error.hint].filter(Boolean).join(' '));
      return null;
    }
    const ended = await this._jobs.follow(job);
    if (ended.state === 'done') {
      await this._take(ended, path);
    }
    return ended;
  }

  private async _take(job: Job, path: string | null): Promise<void> {
    const versions = versionsOf(job);
    if (versions.length === 0) {
      return;
    }
    void this._prove(versions);
    if (path === null) {
      const names = versions.map(version => version.dataset).join(', ');
      Notification.info(
        this._trans.__(
          '%1 is among the datasets. Open a notebook to load it.',
          names
        ),
        { autoClose: 8_000 }
      );
      return;
    }
    if (await this._pinner.pinAll(versions, path)) {
      const datasets = versions.map(one => one.dataset);
      this._bridge.insertCell(this._bridge.loadSource(datasets, path), path);
    }
  }

  /** Draw the sample of a version again, and offer what changed; no pin moves by itself. */
  async refresh(dataset: string, version: string): Promise<void> {
    const trans = this._trans;
    let ended: Job;
    try {
      const job = await this._headwater.client.refreshSample(dataset, version);
      ended = await this._jobs.follow(job);
    } catch (reason) {
      const error = asHeadwaterError(reason);
      Notification.error([error.message, error.hint].filter(Boolean).join(' '));
      return;
    }
    if (ended.state !== 'done') {
      return;
    }
    const fresh = versionsOf(ended).find(one => one.dataset === dataset);
    if (fresh === undefined) {
      return;
    }
    Notification.info(
      trans.__('%1 %2 is there, drawn as %3.', dataset, fresh.version, version),
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('See What Changed'),
            displayType: 'accent',
            callback: () => this._open({ ...fresh, tab: 'changes' })
          }
        ]
      }
    );
  }

  /** Open the proof sheet of what was drawn behind the notebook, if there is one. */
  private async _prove(versions: readonly IDrawn[]): Promise<void> {
    const [root] = versions;
    try {
      await this._headwater.client.proof(root.dataset, root.version);
    } catch {
      // The page of the dataset says why there is none.
      return;
    }
    this._open({ ...root, tab: 'proof', behind: true });
  }

  private readonly _headwater: IHeadwater;
  private readonly _jobs: IJobs;
  private readonly _bridge: INotebookBridge;
  private readonly _pinner: IPinner;
  private readonly _trans: TranslationBundle;
  /** Opens the page of a dataset. */
  private readonly _open: (args: IDatasetArgs) => void;
}

/** A version that a draw made. */
export interface IDrawn {
  dataset: string;
  version: string;
}

/** The versions that a draw made, by its job's result; of a set the root's is the first. */
export function versionsOf(job: Job): readonly IDrawn[] {
  const versions: unknown = job.result?.versions;
  if (!Array.isArray(versions)) {
    return [];
  }
  return (versions as IDrawn[]).map(({ dataset, version }) => ({
    dataset,
    version
  }));
}
