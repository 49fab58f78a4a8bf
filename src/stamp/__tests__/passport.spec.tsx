import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import { axe } from 'jest-axe';
import * as React from 'react';
import type { Passport } from '../../api/types';
import { PassportView, type IPassportViewProps } from '../view';

const noop = (): void => undefined;

const passport = {
  path: 'n.ipynb',
  state: 'stamped',
  sentence: 'These results rest on sales.orders v1 (200 rows, 24 Nov).',
  created: '2026-01-01T00:00:00.000Z',
  actor: 'ada',
  actor_source: 'request',
  key_id: 'abcdef0123456789ff',
  environment: { python: '3.11.7', packagesDigest: 'f'.repeat(64) },
  git: null,
  pins: [],
  changes: [],
  cells: [
    {
      cell: 'one',
      id: 'one',
      position: 1,
      title: '<b>hw.load</b>',
      execution_count: 1,
      reads: [
        {
          cell: 'one',
          position: 1,
          dataset: 'sales.orders',
          version: 'v1',
          rows: 1200,
          columns: null,
          floating: false
        }
      ],
      writes: [],
      inherited: false
    }
  ]
} as unknown as Passport;

const props: IPassportViewProps = {
  notebook: 'n.ipynb',
  passport,
  badge: 'stamped' as IPassportViewProps['badge'],
  failure: null,
  verdict: null,
  isVerifying: false,
  trans: nullTranslator.load('headwater'),
  onOpen: noop,
  onReveal: noop,
  onVerify: noop,
  onRetry: noop
};

describe('PassportView', () => {
  it('opens with the sentence, and names what each cell read', async () => {
    const onOpen = jest.fn();
    const { container } = render(<PassportView {...props} onOpen={onOpen} />);
    expect(container).toHaveTextContent('These results rest on sales.orders');
    expect(container).toHaveTextContent('1,200 rows');
    expect(container.querySelector('b')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: /sales\.orders v1/ }));
    expect(onOpen).toHaveBeenCalledWith('sales.orders', 'v1');
    expect(await axe(container)).toHaveNoViolations();
  });

  it('asks for a verification', () => {
    const onVerify = jest.fn();
    render(<PassportView {...props} onVerify={onVerify} />);
    fireEvent.click(screen.getByRole('button', { name: 'Verify' }));
    expect(onVerify).toHaveBeenCalled();
  });

  it('says what to do without a notebook', async () => {
    const { container } = render(<PassportView {...props} notebook={null} />);
    expect(container).toHaveTextContent('Open a notebook');
    expect(await axe(container)).toHaveNoViolations();
  });
});
