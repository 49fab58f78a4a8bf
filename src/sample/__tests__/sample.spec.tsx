import { nullTranslator } from '@jupyterlab/translation';
import { Dialog, Notification } from '@jupyterlab/apputils';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { axe } from 'jest-axe';
import * as React from 'react';
import { HeadwaterError } from '../../api/errors';
import type { Job } from '../../api/types';
import type { IHeadwater, IJobs, INotebookBridge, IPinner } from '../../tokens';
import { SampleBody } from '../dialog';
import { BLANK, filled } from '../form';
import { SampleLoader, versionsOf } from '../loader';
import { SamplePlanner } from '../planner';
import { SampleView, type ISampleViewProps } from '../view';
import { plan } from './plan';

const trans = nullTranslator.load('headwater');

describe('SampleView', () => {
  const props: ISampleViewProps = {
    plan,
    failure: null,
    form: filled(BLANK, plan),
    faults: {},
    isPlanning: false,
    tableField: null,
    recipes: () => null,
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

  it('says what is wrong beside the field, and that it looks', async () => {
    const faults = { rows: 'A whole number.' };
    const { container } = render(
      <SampleView {...props} faults={faults} isPlanning={true} />
    );
    const rows = screen.getByRole('spinbutton', { name: 'Rows' });
    expect(rows).toHaveAccessibleDescription('A whole number.');
    expect(rows).toHaveAttribute('aria-invalid', 'true');
    expect(container).toHaveTextContent('Looking at the table…');
    expect(await axe(container)).toHaveNoViolations();
  });

  it('shows no shape after of a mask that was not tried yet', () => {
    const { rerender, container } = render(<SampleView {...props} />);
    const row = () => container.querySelector('[data-column="email"]');
    expect(row()).toHaveTextContent('x@example.org');
    rerender(
      <SampleView
        {...props}
        form={{ ...props.form, masks: { email: 'null' } }}
      />
    );
    expect(row()).not.toHaveTextContent('x@example.org');
    expect(container).toHaveTextContent('1 of 2 columns is masked');
  });

  it('shows names, shapes and warnings of any text as text', () => {
    const evil = '<img src=x onerror=alert(1)>';
    const { container } = render(
      <SampleView
        {...props}
        failure={{ message: evil, hint: evil, command: '' }}
        plan={{
          ...plan,
          key: [evil],
          warnings: [evil],
          masks: plan.masks.map(mask => ({
            ...mask,
            column: `${mask.column}${evil}`,
            type: evil,
            reason: evil,
            before_shape: evil,
            after_shape: evil
          }))
        }}
      />
    );
    expect(container.querySelector('img')).toBeNull();
    expect(container).toHaveTextContent(evil);
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

describe('SampleBody', () => {
  // jsdom shows no <dialog>.
  const hidden = true;

  it('lets nothing be loaded while something is wrong', async () => {
    const refusal = new HeadwaterError({
      code: 'sample_refused',
      message: 'public.t has no key.',
      hint: 'Sample a table with a key.'
    });
    const planSample = jest.fn(() => Promise.reject(refusal));
    const headwater = {
      client: {
        planSample,
        tables: () => Promise.resolve({ tables: [], next_cursor: null }),
        recipes: () => Promise.resolve({ recipes: [] })
      }
    } as unknown as IHeadwater;
    const planner = new SamplePlanner(headwater, 'prod', 'public.t', trans);
    const dialog = new Dialog({
      body: new SampleBody(headwater, planner, trans),
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: 'Load' })],
      host: document.body
    });
    const answer = dialog.launch();
    const load = await screen.findByRole('button', { name: /Load/, hidden });
    await waitFor(() => expect(load).toBeDisabled());
    expect(dialog.node).toHaveTextContent('Sample a table with a key.');
    planSample.mockImplementation((() => Promise.resolve(plan)) as never);
    fireEvent.click(screen.getByRole('button', { name: 'Try again', hidden }));
    await waitFor(() => expect(load).toBeEnabled());
    const rows = await screen.findByRole('spinbutton', {
      name: 'Rows',
      hidden
    });
    fireEvent.change(rows, { target: { value: '0' } });
    await waitFor(() => expect(load).toBeDisabled());
    expect(rows).toHaveAccessibleDescription('A whole number, 1 or more.');
    fireEvent.change(rows, { target: { value: '12' } });
    await waitFor(() => expect(load).toBeEnabled());
    fireEvent.click(load);
    expect((await answer).value).toMatchObject({ rows: 12, seed: 7 });
  });
});

describe('SampleLoader', () => {
  const job = (state: string): Job =>
    ({
      id: 'j',
      state,
      result: { versions: [{ dataset: 'prod.bookings', version: 'v1' }] }
    }) as unknown as Job;

  function loader(ended: string, pinned = true, proven = false) {
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
        client: {
          startSample: () => Promise.resolve(job('queued')),
          refreshSample: () => Promise.resolve(job('queued')),
          proof: () =>
            proven ? Promise.resolve({}) : Promise.reject(new Error('none'))
        }
      } as unknown as IHeadwater,
      {
        follow: () => {
          path = 'second.ipynb';
          return Promise.resolve(job(ended));
        }
      } as IJobs,
      bridge,
      {
        pinAll: (
          versions: readonly { dataset: string; version: string }[],
          where: string
        ) => {
          const names = versions.map(one => `${one.dataset}@${one.version}`);
          done.push(`pin ${names.join(' ')} to ${where}`);
          return Promise.resolve(pinned);
        }
      } as unknown as IPinner,
      trans,
      args => done.push(`open ${JSON.stringify(args)}`)
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

  it('opens the proof sheet behind the notebook, where there is one', async () => {
    const { made, done } = loader('done', true, true);
    await made.load(request);
    await waitFor(() =>
      expect(done).toContain(
        'open {"dataset":"prod.bookings","version":"v1","tab":"proof","behind":true}'
      )
    );
  });

  it('offers what a refresh changed, and moves no pin', async () => {
    const { made, done } = loader('done');
    await made.refresh('prod.bookings', 'v0');
    const told = Notification.manager.notifications.at(0);
    expect(told?.message).toBe('prod.bookings v1 is there, drawn as v0.');
    told?.options.actions?.[0].callback(new MouseEvent('click'));
    expect(done).toEqual([
      'open {"dataset":"prod.bookings","version":"v1","tab":"changes"}'
    ]);
    const cancelled = loader('cancelled');
    await cancelled.made.refresh('prod.bookings', 'v0');
    expect(cancelled.done).toEqual([]);
  });

  it('reads no versions from a job that has none', () => {
    expect(versionsOf({ result: null } as unknown as Job)).toEqual([]);
  });
});
