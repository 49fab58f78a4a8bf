/** From a table of production to rows in the notebook: draw, pin, insert the load cell. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { Notification } from '@jupyterlab/apputils';
import { asHeadwaterError } from '../api/errors';
import type { Job, SampleRequest } from '../api/types';
import type { IHeadwater, IJobs, INotebookBridge, IPinner } from '../tokens';

export class SampleLoader {
  constructor(
    headwater: IHeadwater,
    jobs: IJobs,
    bridge: INotebookBridge,
    pinner: IPinner,
    trans: TranslationBundle
  ) {
    this._headwater = headwater;
    this._jobs = jobs;
    this._bridge = bridge;
    this._pinner = pinner;
    this._trans = trans;
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

  private readonly _headwater: IHeadwater;
  private readonly _jobs: IJobs;
  private readonly _bridge: INotebookBridge;
  private readonly _pinner: IPinner;
  private readonly _trans: TranslationBundle;
}

/** The versions that a draw made, by its job's result. */
export function versionsOf(
  job: Job
): readonly { dataset: string; version: string }[] {
  const versions: unknown = job.result?.versions;
  if (!Array.isArray(versions)) {
    return [];
  }
  return (versions as { dataset: string; version: string }[]).map(
    ({ dataset, version }) => ({
      dataset,
      version
    })
  );
}
