/** Production sources and their tables: names, estimates and columns, never a row. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Source, SourceTable } from '../api/types';
import { formatBytes, formatCompact, formatNumber } from '../ui/format';
import { Icon, IconButton } from '../ui/icons';
import { SearchBox } from '../ui/search-box';
import { ErrorState, type IFailure, Loaded, Skeleton } from '../ui/states';

export interface ISourceTables {
  tables: readonly SourceTable[];
  hasMore: boolean;
  failure: IFailure | null;
  loading: boolean;
}

export interface IProductionViewProps {
  sources: readonly Source[] | null;
  failure: IFailure | null;
  query: string;
  tablesOf: (source: string) => ISourceTables;
  trans: TranslationBundle;
  onFind: (query: string) => void;
  onMore: (source: string) => void;
  onLoad: (source: string, table: string) => void;
  onConfigure: (source: string, table: string) => void;
  onRetry: () => void;
}

export function ProductionView(props: IProductionViewProps): JSX.Element {
  const { trans } = props;
  return (
    <Loaded
      items={props.sources}
      failure={props.failure}
      loadingLabel={trans.__('Loading sources')}
      emptyTitle={trans.__('No production sources yet')}
      empty={
        <>
          <p>
            {trans.__(
              'An administrator names them in headwater.toml of the Headwater home:'
            )}
          </p>
          <pre className="jp-Headwater-command">
            {
              '[sources.prod]\nkind = "postgresql"\ndsn_env = "PROD_DSN"\nschemas = ["public"]'
            }
          </pre>
        </>
      }
      onRetry={props.onRetry}
      trans={trans}
    >
      {sources => (
        <div className="jp-Headwater-production">
          <SearchBox
            value={props.query}
            placeholder={trans.__('Search tables')}
            clearLabel={trans.__('Clear the search')}
            onChange={props.onFind}
          />
          <div className="jp-Headwater-production-list">
            {sources.map(source => (
              <SourceSection key={source.name} source={source} {...props} />
            ))}
          </div>
        </div>
      )}
    </Loaded>
  );
}

function SourceSection(
  props: IProductionViewProps & { source: Source }
): JSX.Element {
  const { source, trans } = props;
  const found = props.tablesOf(source.name);
  return (
    <section aria-label={source.name} className="jp-Headwater-source">
      <h3>
        {source.name} <span className="jp-Headwater-dim">{source.kind}</span>
      </h3>
      {!source.available && (
        <p className="jp-Headwater-notice jp-mod-error" role="alert">
          {source.message || trans.__('The source does not answer.')}{' '}
          <button
            type="button"
            className="jp-Headwater-link"
            onClick={props.onRetry}
          >
            {trans.__('Try again')}
          </button>
        </p>
      )}
      {source.available && found.failure && (
        <ErrorState
          failure={found.failure}
          onRetry={props.onRetry}
          trans={trans}
        />
      )}
      {source.available && found.loading && (
        <Skeleton rows={3} label={trans.__('Loading tables')} />
      )}
      {source.available &&
        !found.loading &&
        !found.failure &&
        found.tables.length === 0 && (
          <p className="jp-Headwater-count">{trans.__('No tables found')}</p>
        )}
      <ul className="jp-Headwater-tables">
        {found.tables.map(table => (
          <TableRow key={table.name} table={table} {...props} />
        ))}
      </ul>
      {found.hasMore && (
        <button
          type="button"
          className="jp-Headwater-link"
          onClick={() => props.onMore(source.name)}
        >
          {trans.__('More tables')}
        </button>
      )}
    </section>
  );
}

function TableRow(
  props: IProductionViewProps & { source: Source; table: SourceTable }
): JSX.Element {
  const { source, table, trans } = props;
  const [open, setOpen] = React.useState(false);
  const size = table.bytes === null ? '' : formatBytes(table.bytes);
  return (
    <li
      className="jp-Headwater-table"
      data-source={source.name}
      data-table={table.name}
    >
      <div
        className="jp-Headwater-table-row"
        title={table.comment || table.name}
      >
        <button
          type="button"
          className="jp-Headwater-disclosure"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Icon name="caret" />
          <span>{table.name}</span>
        </button>
        <span
          className="jp-Headwater-dim"
          title={
            table.rows === null
              ? ''
              : trans.__('about %1 rows, %2', formatNumber(table.rows), size)
          }
        >
          {table.rows === null
            ? trans.__('rows unknown')
            : trans.__('~%1 rows', formatCompact(table.rows))}
        </span>
      </div>
      <div className="jp-Headwater-table-actions">
        <button
          type="button"
          className="jp-Headwater-button"
          title={trans.__(
            'Draw a masked sample of %1, pin it and load it',
            table.name
          )}
          onClick={() => props.onLoad(source.name, table.name)}
        >
          {trans.__('Load sample')}
        </button>
        <IconButton
          icon="settings"
          label={trans.__(
            'Choose rows and masks of the sample of %1',
            table.name
          )}
          onClick={() => props.onConfigure(source.name, table.name)}
        />
      </div>
      {open && (
        <ul className="jp-Headwater-table-columns">
          {table.columns.map(column => (
            <li key={column.name}>
              <span>
                {column.name}
                {column.key && (
                  <span className="jp-Headwater-dim"> {trans.__('key')}</span>
                )}
              </span>
              <span className="jp-Headwater-dim">{column.type}</span>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
