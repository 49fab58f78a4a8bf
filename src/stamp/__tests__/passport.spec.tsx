import { nullTranslator } from '@jupyterlab/translation';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import fc from 'fast-check';
import { axe } from 'jest-axe';
import * as React from 'react';
import type { Passport, VerifyResult } from '../../api/types';
import { PassportView, type IPassportViewProps } from '../view';
import { cell, passport } from './stamped';

const noop = (): void => undefined;

const props: IPassportViewProps = {
  notebook: 'n.ipynb',
  passport: passport(),
  badge: 'stamped',
  failure: null,
  verdict: null,
  isVerifying: false,
  trans: nullTranslator.load('headwater'),
  onOpen: noop,
  onReveal: noop,
  onVerify: noop,
  onRetry: noop
};

const verdict = (change: Partial<VerifyResult>): VerifyResult => ({
  notebook: 'n.ipynb',
  verdict: 'valid',
  changes: [],
  stamp: null,
  key_id: null,
  notes: [],
  ...change
});

describe('PassportView', () => {
  it('says what became of the data', () => {
    const note = 'sales.orders v1 was erased on 2026-11-28 by ann.';
    render(<PassportView {...props} passport={passport({ notes: [note] })} />);
    expect(
      screen.getByRole('list', { name: 'What became of its data' }).textContent
    ).toBe(note);
  });

  it('opens with the sentence, and names what each cell read and wrote', async () => {
    const onOpen = jest.fn();
    const cells = [
      cell(),
      cell({
        cell: 'two',
        position: 2,
        title: 'hw.save(top, "sales.top")',
        seq: 2,
        reads: [],
        writes: [
          {
            cell: 'two',
            position: 2,
            dataset: 'sales.top',
            version: 'v4',
            rows: 1,
            columns: ['id', 'total'],
            floating: false,
            tag: null
          }
        ]
      })
    ];
    const { container } = render(
      <PassportView {...props} passport={passport({ cells })} onOpen={onOpen} />
    );
    expect(container).toHaveTextContent('These results rest on sales.orders');
    const [first, second] = screen.getAllByRole('listitem');
    expect(first).toHaveTextContent('read sales.orders v1, 1,200 rows');
    expect(second).toHaveTextContent(
      'wrote sales.top v4, 1 row, columns id, total'
    );
    fireEvent.click(screen.getByRole('button', { name: /sales\.orders v1/ }));
    expect(onOpen).toHaveBeenCalledWith('sales.orders', 'v1');
    expect(await axe(container)).toHaveNoViolations();
  });

  it.each([
    ['stamped', 'stamped'],
    ['changed', 'changed since stamp'],
    ['floating', 'floating reads'],
    ['unsigned', 'unsigned'],
    ['none', 'no stamp']
  ] as const)('says %s', async (badge, words) => {
    const { container } = render(<PassportView {...props} badge={badge} />);
    const said = container.querySelector('.jp-Headwater-passport-badge');
    expect(said).toHaveTextContent(words);
    expect(said).toHaveAttribute('data-badge', badge);
    expect(await axe(container)).toHaveNoViolations();
  });

  it('marks the read that no pin holds, at its cell', () => {
    const [read] = cell().reads;
    const floating = cell({ reads: [{ ...read, floating: true }] });
    render(
      <PassportView
        {...props}
        badge="floating"
        passport={passport({ badge: 'floating', cells: [floating] })}
      />
    );
    expect(screen.getByRole('listitem')).toHaveTextContent('floating, no pin');
  });

  it('says by which tag a read was asked for', () => {
    const [read] = cell().reads;
    const tagged = cell({
      reads: [{ ...read, floating: true, tag: 'year-end' }]
    });
    render(
      <PassportView {...props} passport={passport({ cells: [tagged] })} />
    );
    const row = screen.getByRole('listitem');
    expect(row).toHaveTextContent('floating, by the tag year-end');
    expect(row).not.toHaveTextContent('no pin');
  });

  it('tells a run again from a run out of order', () => {
    const again = [cell({ seq: 1 }), cell({ cell: 'b', seq: 2 })];
    const turned = [cell({ seq: 2 }), cell({ cell: 'b', seq: 1 })];
    const { container, rerender } = render(
      <PassportView
        {...props}
        passport={passport({ cells: again, linear: false })}
      />
    );
    expect(container).toHaveTextContent('not in one straight run');
    expect(container).not.toHaveTextContent('did not run in the order');
    rerender(
      <PassportView
        {...props}
        passport={passport({ cells: turned, linear: false })}
      />
    );
    expect(container).toHaveTextContent('did not run in the order');
  });

  it('tells cells that failed, did not run here, changed, or ran out of order', () => {
    const cells = [
      cell({ cell: 'a', status: 'error', seq: 2 }),
      cell({ cell: 'b', status: 'inherited', seq: null }),
      cell({ cell: 'c', status: 'not-run', seq: null }),
      cell({ cell: 'd', changed: true })
    ];
    const { container } = render(
      <PassportView {...props} passport={passport({ cells, linear: false })} />
    );
    const rows = screen.getAllByRole('listitem');
    expect(rows[0]).toHaveTextContent('ended with an error');
    expect(rows[1]).toHaveTextContent('inherited, not run here');
    expect(rows[2]).toHaveTextContent('not run');
    expect(rows[3]).toHaveTextContent('changed');
    expect(container).toHaveTextContent('did not run in the order');
  });

  it('shows cells that use no data when it is asked to', () => {
    const cells = [cell(), cell({ cell: 'b', title: 'x = 1', reads: [] })];
    render(<PassportView {...props} passport={passport({ cells })} />);
    expect(screen.getAllByRole('listitem')).toHaveLength(1);
    fireEvent.click(
      screen.getByRole('button', { name: 'Show the other cell' })
    );
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
  });

  it('shows the evidence', () => {
    const { container } = render(<PassportView {...props} />);
    expect(container).toHaveTextContent('Python3.11.7');
    expect(container).toHaveTextContent('Gitc0ffeec0ffee with changes');
    expect(container).toHaveTextContent('Stamped byada (signed in)');
  });

  it('claims nothing of a notebook without a stamp', () => {
    const none = passport({
      badge: 'none',
      stamp: null,
      linear: false,
      cells: [cell({ status: 'not-run', seq: null, reads: [] })],
      environment: {},
      git: null
    });
    const { container } = render(
      <PassportView {...props} badge="none" passport={none} />
    );
    expect(container).not.toHaveTextContent('did not run in the order');
    expect(container).not.toHaveTextContent('not in a repository');
  });

  it('asks for a verification, and not of a notebook without a stamp', () => {
    const onVerify = jest.fn();
    const { rerender } = render(
      <PassportView {...props} onVerify={onVerify} />
    );
    fireEvent.click(screen.getByRole('button', { name: 'Verify' }));
    expect(onVerify).toHaveBeenCalled();
    rerender(<PassportView {...props} passport={passport({ stamp: null })} />);
    expect(screen.getByRole('button', { name: 'Verify' })).toBeDisabled();
    rerender(<PassportView {...props} isVerifying={true} />);
    expect(screen.getByRole('button', { name: 'Verifying…' })).toBeDisabled();
  });

  it.each([
    ['valid', 'the signature is good'],
    ['changed', 'is not what was stamped'],
    ['unsigned', 'no stamp with a signature'],
    ['untrusted', 'does not know'],
    ['superseded', 'a newer stamp']
  ] as const)('reads the verdict %s out', async (word, said) => {
    const { container } = render(
      <PassportView {...props} verdict={verdict({ verdict: word })} />
    );
    expect(screen.getByRole('status')).toHaveTextContent(said);
    expect(await axe(container)).toHaveNoViolations();
  });

  it('leads from a difference to its cell', () => {
    const onReveal = jest.fn();
    const changes = [
      { what: 'output', cell: 'one', detail: 'cell 1 (df): stream changed' },
      { what: 'metadata', cell: null, detail: 'metadata.title changed' }
    ];
    render(
      <PassportView
        {...props}
        verdict={verdict({ verdict: 'changed', changes })}
        onReveal={onReveal}
      />
    );
    fireEvent.click(screen.getByRole('button', { name: /cell 1/ }));
    expect(onReveal).toHaveBeenCalledWith('one');
    expect(screen.getByRole('status')).toHaveTextContent('metadata.title');
  });

  it('says what to do without a notebook, while it loads, and when it fails', async () => {
    const { container, rerender } = render(
      <PassportView {...props} notebook={null} />
    );
    expect(container).toHaveTextContent('Open a notebook');
    expect(await axe(container)).toHaveNoViolations();
    rerender(<PassportView {...props} passport={null} />);
    expect(
      screen.getByRole('status', { name: 'Loading the passport' })
    ).toBeVisible();
    const onRetry = jest.fn();
    const failure = { message: 'Not JSON.', hint: 'Restore it.', command: '' };
    rerender(
      <PassportView
        {...props}
        passport={null}
        failure={failure}
        onRetry={onRetry}
      />
    );
    expect(screen.getByRole('alert')).toHaveTextContent('Restore it.');
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRetry).toHaveBeenCalled();
  });
});

/** Text that would be markup, script or a template if anything took it for one. */
const hostile = fc.oneof(
  fc.constantFrom(
    '<img src=x onerror=alert(1)>',
    '</code></p><script>alert(1)</script>',
    '"><svg onload=alert(1)>',
    '<iframe srcdoc="<b>x</b>">',
    'javascript:alert(1)',
    '%1 %2 %n {{x}} ${x}',
    '\u202egnp.exe',
    '__proto__',
    'constructor'
  ),
  fc.string({ unit: 'binary', maxLength: 40 })
);

function hostilePassport(text: string): Passport {
  const use = {
    ...cell().reads[0],
    dataset: text,
    version: text,
    columns: [text]
  };
  return passport({
    path: text,
    notebook: text,
    sentence: text,
    created: text,
    actor: text,
    actor_source: text,
    key_id: text,
    environment: { [text]: text, packagesDigest: text },
    git: { commit: text, dirty: true },
    cells: [cell({ title: text, reads: [use], writes: [use], changed: true })]
  });
}

it('takes nothing that a notebook or a dataset says for markup', () => {
  const plain = render(
    <PassportView
      {...props}
      passport={hostilePassport('plain')}
      verdict={verdict({ changes: [{ what: 'x', cell: null, detail: 'd' }] })}
    />
  );
  const tags = (root: Element): string[] =>
    [...root.querySelectorAll('*')].map(found => found.tagName).sort();
  const expected = tags(plain.container);
  cleanup();
  fc.assert(
    fc.property(hostile, text => {
      // A text without anything in it is shown by other words.
      fc.pre(text.trim() !== '' && Number.isNaN(Date.parse(text)));
      const { container } = render(
        <PassportView
          {...props}
          notebook={text}
          passport={hostilePassport(text)}
          verdict={verdict({
            changes: [{ what: text, cell: null, detail: text }]
          })}
        />
      );
      expect(tags(container)).toEqual(expected);
      expect(container.querySelector('a, script, img, iframe')).toBeNull();
      const said = container.querySelector('.jp-Headwater-sentence');
      expect(said?.textContent).toBe(text);
      cleanup();
    }),
    { numRuns: 100 }
  );
});
