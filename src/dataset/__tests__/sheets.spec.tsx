import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import { axe } from 'jest-axe';
import * as React from 'react';
import type { Difference, IProof } from '../../api/types';
import { Changes } from '../changes';
import { ProofSheet } from '../proof';

const trans = nullTranslator.load('headwater');
const EVIL = '<img src=x onerror=alert(1)>';

const proof: IProof = {
  recipe: 'ab'.repeat(32),
  source: 'prod',
  table: 'public.bookings',
  asked: 100_000,
  drawn: 100_000,
  total: 1_000_000,
  orphans: 0,
  unique: [{ columns: ['booking_id'], kept: true }],
  columns: [
    {
      column: 'email',
      mask: 'email',
      key_id: '2',
      domain: 'person',
      reason: 'its name says email',
      confidence: 0.98,
      distance: 0.0123,
      distance_by: 'quantiles of 1,000 rows',
      lost: null
    },
    {
      column: 'area',
      mask: 'keep',
      key_id: null,
      domain: null,
      reason: '',
      confidence: null,
      distance: null,
      distance_by: '',
      lost: '3 ranges without bounds'
    }
  ],
  k_anonymity: { columns: ['city', 'tier'], k: 12, rows_below: 0 },
  canaries: { planted: 2_000, found: 0 },
  notes: ['Names may remain in special_request.']
};

describe('ProofSheet', () => {
  const show = (change: Partial<IProof> = {}) =>
    render(
      <ProofSheet
        proof={{ ...proof, ...change }}
        failure={null}
        trans={trans}
        onRetry={() => undefined}
      />
    ).container;

  it('tells what was drawn and what was checked', async () => {
    const container = show();
    for (const words of [
      '100,000 of 1,000,000 rows of prod public.bookings',
      'kept: booking_id',
      '12 over city, tier',
      '0 found of 2,000 values looked for',
      'person 2',
      '0.012',
      '98 % sure',
      'lost: 3 ranges without bounds',
      'Names may remain'
    ]) {
      expect(container).toHaveTextContent(words);
    }
    expect(container.querySelector('dd.jp-mod-error')).toBeNull();
    expect(await axe(container)).toHaveNoViolations();
  });

  it('says in words what is wrong', () => {
    const container = show({
      orphans: 4,
      unique: [{ columns: ['a', 'b'], kept: false }],
      canaries: { planted: 10, found: 1 }
    });
    const wrong = [...container.querySelectorAll('dd.jp-mod-error')];
    expect(wrong.map(one => one.textContent)).toEqual([
      ' Wrong:4',
      ' Wrong:not kept: a + b',
      ' Wrong:1 found of 10 values looked for'
    ]);
  });

  it('takes any text as text', () => {
    const [column] = proof.columns;
    const container = show({
      source: EVIL,
      table: EVIL,
      notes: [EVIL],
      columns: [{ ...column, column: EVIL, mask: EVIL, reason: EVIL }]
    });
    expect(container.querySelector('img')).toBeNull();
    expect(container).toHaveTextContent(EVIL);
  });

  it('waits without words of its own, and can be asked again', () => {
    const onRetry = jest.fn();
    const props = { proof: null, trans, onRetry };
    const { rerender } = render(<ProofSheet {...props} failure={null} />);
    expect(screen.getByRole('status')).toBeInTheDocument();
    const failure = { message: 'No.', hint: '', command: '' };
    rerender(<ProofSheet {...props} failure={failure} />);
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRetry).toHaveBeenCalled();
  });
});

describe('Changes', () => {
  const changes: Difference = {
    before: 'prod.bookings@v1',
    after: 'prod.bookings@v2',
    key: ['booking_id'],
    schema: [{ column: EVIL, change: 'removed', before: 'int64', after: null }],
    rows: { added: 1_200, removed: 30, changed: 7 },
    columns: { price: { changed: 7 } }
  };
  const show = (change: Partial<Difference> = {}) =>
    render(
      <Changes
        changes={{ ...changes, ...change }}
        before="v1"
        after="v2"
        failure={null}
        trans={trans}
        onRetry={() => undefined}
      />
    ).container;

  it('tells rows and columns', async () => {
    const container = show();
    for (const words of [
      '+1,200',
      '-30',
      '7, by booking_id',
      'price',
      'is gone'
    ]) {
      expect(container).toHaveTextContent(words);
    }
    expect(container.querySelector('img')).toBeNull();
    expect(await axe(container)).toHaveNoViolations();
  });

  it('says that nothing changed', () => {
    const rows = { added: 0, removed: 0, changed: 0 };
    const container = show({ rows, schema: [], columns: {} });
    expect(container).toHaveTextContent('v2 has the rows of v1.');
    expect(container.querySelector('table')).toBeNull();
  });
});
