import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import { axe } from 'jest-axe';
import * as React from 'react';
import type { Job, SamplePlan } from '../../api/types';
import type { IHeadwater, IJobs, INotebookBridge, IPinner } from '../../tokens';
import { SampleLoader, versionsOf } from '../loader';
import { SampleView, type ISampleViewProps } from '../view';

const trans = nullTranslator.load('headwater');

const plan: SamplePlan = {
  source: 'prod',
  table: 'public.bookings',
  dataset: 'prod.bookings',
  rows: 100_000,
  rows_estimate: 1_000_000,
  method: 'uniform',
  seed: 7,
  key: ['booking_id'],
  recipe: 'r',
  masks: [
    {
      column: 'email',
      type: 'text',
      mask: 'email',
      reason: 'its name says email',
      before_shape: 'xxx@xxx',
      after_shape: 'xxx@xxx',
      locked: false,
      offered: ['email', 'null']
    },
    {
      column: 'company',
      type: 'text',
      mask: 'keep',
      reason: 'set by an administrator',
      before_shape: 'Xxx',
      after_shape: 'Xxx',
      locked: true,
      offered: ['keep']
    }
  ],
  available_masks: ['keep', 'email', 'null'],
  warnings: []
};

describe('SampleView', () => {
  const props: ISampleViewProps = {
    plan,
    failure: null,
    form: { rows: '100000', seed: '7', dataset: 'prod.bookings', masks: {} },
    trans,
    onChange: () => undefined,
    onRetry: () => undefined
  };

  it('offers only what may be chosen', async () => {
    const { container } = render(<SampleView {...props} />);
    const email = screen.getByRole('combobox', { name: 'Mask of email' });
    expect([...email.querySelectorAll('option')].map(o => o.value)).toEqual([
      'email',
      'null'
    ]);
    expect(
      screen.getByRole('combobox', { name: 'Mask of company' })
    ).toBeDisabled();
    expect(container).toHaveTextContent('1 of 2 columns is masked');
    expect(await axe(container)).toHaveNoViolations();
  });

  it('tells another mask', () => {
    const onChange = jest.fn();
    render(<SampleView {...props} onChange={onChange} />);
    fireEvent.change(screen.getByRole('combobox', { name: 'Mask of email' }), {
      target: { value: 'null' }
    });
    expect(onChange).toHaveBeenCalledWith({ masks: { email: 'null' } });
  });
});

describe('SampleLoader', () => {
  const job = (state: string): Job =>
    ({
      id: 'j',
      state,
      result: { versions: [{ dataset: 'prod.bookings', version: 'v1' }] }
    }) as unknown as Job;

  function loader(ended: string, pinned = true) {
    const done: string[] = [];
    let path: string | null = 'first.ipynb';
    const bridge = {
      get path() {
        return path;
      },
      loadSource: (name: string) => `load ${name}`,
      insertCell: (source: string, where: string) => {
        done.push(`${source} into ${where}`);
      }
    } as unknown as INotebookBridge;
    const made = new SampleLoader(
      {
        client: { startSample: () => Promise.resolve(job('queued')) }
      } as unknown as IHeadwater,
      {
        follow: () => {
          path = 'second.ipynb';
          return Promise.resolve(job(ended));
        }
      } as IJobs,
      bridge,
      {
        pin: (dataset: string, version: string, where: string) => {
          done.push(`pin ${dataset}@${version} to ${where}`);
          return Promise.resolve(pinned);
        }
      } as unknown as IPinner,
      trans
    );
    return { made, done };
  }

  const request = { source: 'prod', table: 't' } as never;

  it('pins and loads in the notebook that was in front at the start', async () => {
    const { made, done } = loader('done');
    await made.load(request);
    expect(done).toEqual([
      'pin prod.bookings@v1 to first.ipynb',
      'load prod.bookings into first.ipynb'
    ]);
  });

  it('does nothing after a cancel, and no cell without a pin', async () => {
    const cancelled = loader('cancelled');
    await cancelled.made.load(request);
    expect(cancelled.done).toEqual([]);
    const refused = loader('done', false);
    await refused.made.load(request);
    expect(refused.done).toEqual(['pin prod.bookings@v1 to first.ipynb']);
  });

  it('reads no versions from a job that has none', () => {
    expect(versionsOf({ result: null } as unknown as Job)).toEqual([]);
  });
});
