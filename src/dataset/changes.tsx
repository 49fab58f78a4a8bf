/** What changed since the version before. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Difference } from '../api/types';
import { formatChange, formatNumber } from '../ui/format';
import { ErrorState, type IFailure, Skeleton } from '../ui/states';

export interface IChangesProps {
  /** Null while they are looked for. */
  changes: Difference | null;
  before: string;
  after: string;
  failure: IFailure | null;
  trans: TranslationBundle;
  onRetry: () => void;
}

export function Changes(props: IChangesProps): JSX.Element {
  const { changes, before, after, trans } = props;
  if (props.failure) {
    return (
      <ErrorState
        failure={props.failure}
        onRetry={props.onRetry}
        trans={trans}
      />
    );
  }
  if (changes === null) {
    return (
      <Skeleton
        rows={6}
        label={trans.__('Comparing %1 with %2', after, before)}
      />
    );
  }
  const { rows, key } = changes;
  return (
    <div
      className="jp-Headwater-sheet"
      tabIndex={0}
      role="region"
      aria-label={trans.__('Changes')}
    >
      <p>
        {rows.added + rows.removed + rows.changed === 0
          ? trans.__('%1 has the rows of %2.', after, before)
          : trans.__('From %1 to %2:', before, after)}
      </p>
      <dl>
        <dt>{trans.__('Rows that came')}</dt>
        <dd>{formatChange(rows.added)}</dd>
        <dt>{trans.__('Rows that went')}</dt>
        <dd>{formatChange(-rows.removed)}</dd>
        <dt>{trans.__('Rows that changed')}</dt>
        <dd>
          {key.length > 0
            ? trans.__('%1, by %2', formatNumber(rows.changed), key.join(', '))
            : trans.__('not told apart: no column is a key')}
        </dd>
      </dl>
      <ColumnChanges changes={changes} trans={trans} />
    </div>
  );
}

function ColumnChanges(props: {
  changes: Difference;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { changes, trans } = props;
  const changed = Object.entries(changes.columns ?? {});
  if (changed.length + changes.schema.length === 0) {
    return null;
  }
  const words = {
    added: trans.__('is new'),
    removed: trans.__('is gone'),
    retyped: trans.__('has another type')
  };
  return (
    <table className="jp-Headwater-grid">
      <thead>
        <tr>
          <th scope="col">{trans.__('Column')}</th>
          <th scope="col">{trans.__('What changed')}</th>
          <th scope="col" className="jp-Headwater-number">
            {trans.__('Values')}
          </th>
        </tr>
      </thead>
      <tbody>
        {changes.schema.map(one => (
          <tr key={`schema ${one.column}`}>
            <th scope="row">{one.column}</th>
            <td>
              {words[one.change]}{' '}
              <code>{[one.before, one.after].filter(Boolean).join(' → ')}</code>
            </td>
            <td />
          </tr>
        ))}
        {changed.map(([column, { changed: count }]) => (
          <tr key={column}>
            <th scope="row">{column}</th>
            <td>{trans.__('values')}</td>
            <td className="jp-Headwater-number">{formatNumber(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
