/** Shows long work as a notification that moves, with a way to stop it. */

import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { PromiseDelegate } from '@lumino/coreutils';
import { asHeadwaterError } from '../api/errors';
import type { HeadwaterEvent, Job } from '../api/types';
import type { IHeadwater, IJobs } from '../tokens';
import { formatNumber } from '../ui/format';

const CHECK_MS = 5_000;

interface IFollowed {
  job: Job;
  notification: string;
  ended: PromiseDelegate<Job>;
}

/** Whether a job will not change any more. */
export function hasEnded(job: Job): boolean {
  return (
    job.state === 'done' || job.state === 'failed' || job.state === 'cancelled'
  );
}

/** One line: `prod public.bookings: 42,000 of 100,000 rows`. */
export function progressText(job: Job, trans: TranslationBundle): string {
  const done = formatNumber(job.done);
  if (job.state === 'queued') {
    return trans.__('%1: waiting for its turn', job.title);
  }
  return job.total === null
    ? trans.__('%1: %2 rows', job.title, done)
    : trans.__('%1: %2 of %3 rows', job.title, done, formatNumber(job.total));
}

/** Follows jobs by the stream of events; asks now and then too, as a lost connection tells nothing. */
export class JobFollower implements IJobs {
  constructor(headwater: IHeadwater, trans: TranslationBundle) {
    this._headwater = headwater;
    this._trans = trans;
    headwater.events.event.connect((_, event) => this._onEvent(event));
  }

  follow(job: Job): Promise<Job> {
    const known = this._followed.get(job.id);
    if (known) {
      return known.ended.promise;
    }
    const trans = this._trans;
    const notification = Notification.emit(
      progressText(job, trans),
      'in-progress',
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Cancel'),
            displayType: 'warn',
            callback: event => {
              // The notification stays until the server says that the work has stopped.
              event.preventDefault();
              void this.cancel(job.id);
            }
          }
        ]
      }
    );
    const ended = new PromiseDelegate<Job>();
    this._followed.set(job.id, { job, notification, ended });
    this._update(job);
    this._watch();
    return ended.promise;
  }

  /** Ask the server to stop a job, here and in the source database. */
  async cancel(id: string): Promise<void> {
    try {
      this._update(await this._headwater.client.cancelJob(id));
    } catch (reason) {
      Notification.error(asHeadwaterError(reason).message);
    }
  }

  private _onEvent(event: HeadwaterEvent): void {
    if (event.topic === 'job' && this._followed.has(event.subject)) {
      this._update(event.payload as unknown as Job);
    }
  }

  private _watch(): void {
    if (this._timer !== 0) {
      return;
    }
    this._timer = window.setInterval(() => {
      for (const id of this._followed.keys()) {
        this._headwater.client.job(id).then(
          job => this._update(job),
          () => undefined
        );
      }
    }, CHECK_MS);
  }

  private _update(job: Job): void {
    const followed = this._followed.get(job.id);
    if (!followed) {
      return;
    }
    const id = followed.notification;
    if (!hasEnded(job)) {
      const progress = job.total
        ? Math.min(1, job.done / job.total)
        : undefined;
      Notification.update({
        id,
        message: progressText(job, this._trans),
        progress
      });
      return;
    }
    this._followed.delete(job.id);
    if (this._followed.size === 0) {
      window.clearInterval(this._timer);
      this._timer = 0;
    }
    this._showEnd(id, job);
    followed.ended.resolve(job);
  }

  private _showEnd(id: string, job: Job): void {
    const trans = this._trans;
    if (job.state === 'done') {
      const message =
        job.message ||
        trans.__('%1: %2 rows', job.title, formatNumber(job.done));
      Notification.update({
        id,
        message,
        type: 'success',
        progress: 1,
        autoClose: 5_000,
        actions: []
      });
    } else if (job.state === 'cancelled') {
      const message = trans.__('%1 was stopped. Nothing was kept.', job.title);
      Notification.update({
        id,
        message,
        type: 'info',
        autoClose: 5_000,
        actions: []
      });
    } else {
      const { message, hint } = (job.error ?? {}) as {
        message?: string;
        hint?: string;
      };
      const text = [message ?? trans.__('%1 failed.', job.title), hint]
        .filter(Boolean)
        .join(' ');
      Notification.update({
        id,
        message: text,
        type: 'error',
        autoClose: false,
        actions: []
      });
    }
  }

  private readonly _headwater: IHeadwater;
  private readonly _trans: TranslationBundle;
  private readonly _followed = new Map<string, IFollowed>();
  private _timer = 0;
}
