/** What each column of a version holds; profiled when it comes into view. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Column, ColumnProfile } from '../api/types';
import { Histogram, TopValues } from '../ui/bars';
import { formatNumber } from '../ui/format';
import { SearchBox } from '../ui/search-box';
import { ErrorState, FailureNotice, type IFailure } from '../ui/states';

export interface IColumnsProps {
  columns: readonly Column[];
  rows: number;
  profiles: ReadonlyMap<string, ColumnProfile>;
  failure: IFailure | null;
  trans: TranslationBundle;
  onWant: (columns: readonly string[]) => void;
}

const STEP = 40;

export function Columns(props: IColumnsProps): JSX.Element {
  const { trans, columns, onWant } = props;
  const [query, setQuery] = React.useState('');
  const [shown, setShown] = React.useState(STEP);
  const found = columns.filter(column =>
    column.name.toLowerCase().includes(query.toLowerCase())
  );
  const listed = found.slice(0, shown);
  const names = listed.map(column => column.name).join('\u0000');
  React.useEffect(
    () => onWant(names ? names.split('\u0000') : []),
    [names, onWant]
  );
  const retry = (): void => onWant(listed.map(column => column.name));
  if (props.failure && props.profiles.size === 0) {
    return <ErrorState failure={props.failure} onRetry={retry} trans={trans} />;
  }
  return (
    <div className="jp-Headwater-columns">
      <div className="jp-Headwater-bar">
        <SearchBox
          value={query}
          placeholder={trans.__('Search columns')}
          clearLabel={trans.__('Clear the search')}
          onChange={setQuery}
        />
        <span className="jp-Headwater-count" role="status">
          {trans._n(
            '%2 column',
            '%2 columns',
            found.length,
            formatNumber(found.length)
          )}
        </span>
      </div>
      <FailureNotice
        failure={props.failure}
        retryLabel={trans.__('Try again')}
        onRetry={retry}
      />
      <table className="jp-Headwater-grid">
        <thead>
          <tr>
            <th scope="col">{trans.__('Name')}</th>
            <th scope="col">{trans.__('Type')}</th>
            <th scope="col" className="jp-Headwater-number">
              {trans.__('Nulls')}
            </th>
            <th scope="col" className="jp-Headwater-number">
              {trans.__('Distinct')}
            </th>
            <th scope="col" className="jp-Headwater-number">
              {trans.__('Smallest')}
            </th>
            <th scope="col" className="jp-Headwater-number">
              {trans.__('Largest')}
            </th>
            <th scope="col">{trans.__('Values')}</th>
          </tr>
        </thead>
        <tbody>
          {listed.map(column => (
            <ColumnRow
              key={column.name}
              column={column}
              profile={props.profiles.get(column.name) ?? null}
              rows={props.rows}
              waiting={props.failure === null}
              trans={trans}
            />
          ))}
        </tbody>
      </table>
      {found.length > shown && (
        <button
          type="button"
          className="jp-Headwater-button"
          onClick={() => setShown(shown + STEP)}
        >
          {trans.__('Show %1 more', Math.min(STEP, found.length - shown))}
        </button>
      )}
    </div>
  );
}

function ColumnRow(props: {
  column: Column;
  profile: ColumnProfile | null;
  rows: number;
  /** Whether a profile that is not there is on its way. */
  waiting: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { column, profile, rows, trans } = props;
  const none = props.waiting ? <Wait /> : '–';
  const share =
    profile && rows > 0 ? Math.round((profile.nulls / rows) * 100) : 0;
  const distinct = profile?.distinct ?? null;
  return (
    <tr aria-busy={profile === null && props.waiting}>
      <th scope="row" title={column.name}>
        {column.name}
      </th>
      <td>
        <code>{column.type}</code>
      </td>
      <td className="jp-Headwater-number">
        {profile ? formatNumber(profile.nulls) : none}
        {share > 0 && <span className="jp-Headwater-dim"> {share}%</span>}
      </td>
      <td
        className="jp-Headwater-number"
        title={
          profile && !profile.distinct_is_exact
            ? trans.__('An estimate')
            : undefined
        }
      >
        {profile
          ? distinct === null
            ? '–'
            : `${profile.distinct_is_exact ? '' : '~'}${formatNumber(distinct)}`
          : none}
      </td>
      <td
        className="jp-Headwater-number jp-Headwater-value"
        title={profile?.min ?? undefined}
      >
        {profile ? (profile.min ?? '–') : none}
      </td>
      <td
        className="jp-Headwater-number jp-Headwater-value"
        title={profile?.max ?? undefined}
      >
        {profile ? (profile.max ?? '–') : none}
      </td>
      <td>
        {profile?.chart === 'histogram' && (
          <Histogram
            bars={profile.buckets}
            label={trans.__(
              'Histogram of %1 from %2 to %3',
              column.name,
              profile.min,
              profile.max
            )}
          />
        )}
        {profile?.chart === 'top' && (
          <TopValues bars={profile.buckets.slice(0, 3)} total={rows} />
        )}
      </td>
    </tr>
  );
}

function Wait(): JSX.Element {
  return <span className="jp-Headwater-wait" />;
}
