import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { HeadwaterEvent, Job } from '../../api/types';
import type { IHeadwater } from '../../tokens';
import { JobFollower, progressText } from '../follower';

const trans = nullTranslator.load('headwater');

function job(state: string, done = 0, total: number | null = null): Job {
  return {
    id: 'j',
    title: 'prod t',
    state,
    done,
    total,
    message: ''
  } as unknown as Job;
}

describe('JobFollower', () => {
  it('says how far a job is', () => {
    expect(progressText(job('queued'), trans)).toContain('waiting');
    expect(progressText(job('running', 1200, 5000), trans)).toBe(
      'prod t: 1,200 of 5,000 rows'
    );
    expect(progressText(job('running', 7), trans)).toBe('prod t: 7 rows');
  });

  it('follows events until the end, and cancels on the server', async () => {
    const events = new Signal<object, HeadwaterEvent>({});
    const cancelJob = jest.fn(() => Promise.resolve(job('running')));
    const follower = new JobFollower(
      {
        client: { cancelJob },
        events: { event: events }
      } as unknown as IHeadwater,
      trans
    );
    const ended = follower.follow(job('running'));
    await follower.cancel('j');
    expect(cancelJob).toHaveBeenCalledWith('j');
    events.emit({
      seq: 1,
      topic: 'job',
      subject: 'other',
      payload: {}
    } as never);
    events.emit({
      seq: 2,
      topic: 'job',
      subject: 'j',
      payload: job('cancelled')
    } as never);
    expect((await ended).state).toBe('cancelled');
  });
});
