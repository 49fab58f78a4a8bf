/** The dataset browser: search, filters and a list of any length. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DatasetSummary } from '../api/types';
import { formatCompact, formatNumber } from '../ui/format';
import { IconButton, MouseAction } from '../ui/icons';
import { KindBadge } from '../ui/kind';
import { SearchBox } from '../ui/search-box';
import {
  EmptyState,
  ErrorState,
  FailureNotice,
  type IFailure,
  Skeleton
} from '../ui/states';
import { TabPanel, Tabs } from '../ui/tabs';
import { Age } from '../ui/time';
import { VirtualList } from '../ui/virtual-list';
import type { ISearch, Sort } from './model';

export type BrowserTab = 'datasets' | 'production';

export interface IBrowserViewProps {
  tab: BrowserTab;
  search: Readonly<ISearch>;
  rows: readonly DatasetSummary[];
  total: number | null;
  totalIsCapped: boolean;
  namespaces: readonly string[];
  warnings: readonly string[];
  failure: IFailure | null;
  selected: string | null;
  production: React.ReactNode;
  trans: TranslationBundle;
  onTab: (tab: BrowserTab) => void;
  onFind: (change: Partial<ISearch>) => void;
  onSelect: (name: string) => void;
  onOpen: (name: string) => void;
  onInsert: (name: string) => void;
  onPin: (name: string) => void;
  onRange: (first: number, last: number) => void;
  onDrag: (name: string, event: React.PointerEvent) => void;
  onRefresh: () => void;
  onImport: () => void;
}

const ROW_HEIGHT = 44;

export function BrowserView(props: IBrowserViewProps): JSX.Element {
  const { trans } = props;
  return (
    <div className="jp-Headwater-browser">
      <div className="jp-Headwater-header">
        <h2>{trans.__('Headwater')}</h2>
        <IconButton
          icon="refresh"
          label={trans.__('Refresh')}
          onClick={props.onRefresh}
        />
      </div>
      <Tabs
        tabs={[
          { id: 'datasets', label: trans.__('Datasets') },
          { id: 'production', label: trans.__('Production') }
        ]}
        current={props.tab}
        label={trans.__('What to browse')}
        idPrefix="headwater-browser"
        onChange={props.onTab}
      />
      {props.warnings.map(warning => (
        <p key={warning} className="jp-Headwater-notice" role="status">
          {warning}
        </p>
      ))}
      <TabPanel id={props.tab} idPrefix="headwater-browser">
        {props.tab === 'production' ? (
          props.production
        ) : (
          <Datasets {...props} />
        )}
      </TabPanel>
    </div>
  );
}

function Datasets(props: IBrowserViewProps): JSX.Element {
  const { trans, search } = props;
  const list = React.useRef<HTMLDivElement>(null);
  if (props.failure && props.rows.length === 0) {
    return (
      <ErrorState
        failure={props.failure}
        onRetry={props.onRefresh}
        trans={trans}
      />
    );
  }
  return (
    <div className="jp-Headwater-datasets" ref={list}>
      <SearchBox
        value={search.query}
        placeholder={trans.__('Search names, columns, tags')}
        clearLabel={trans.__('Clear the search')}
        onChange={query => props.onFind({ query })}
        onLeave={() => {
          const { rows, selected } = props;
          list.current?.querySelector<HTMLElement>('[role=listbox]')?.focus();
          if (rows.length > 0 && !rows.some(row => row.name === selected)) {
            props.onSelect(rows[0].name);
          }
        }}
      />
      <Filters {...props} />
      <FailureNotice failure={props.failure} />
      <Found {...props} />
    </div>
  );
}

function Filters(props: IBrowserViewProps): JSX.Element {
  const { trans, search, onFind } = props;
  const sorts: [Sort, string][] = [
    ['relevance', search.query ? trans.__('Best') : trans.__('Order')],
    ['name', trans.__('Name')],
    ['updated', trans.__('Newest')],
    ['rows', trans.__('Most rows')],
    ['bytes', trans.__('Largest')]
  ];
  return (
    <div className="jp-Headwater-filters">
      <select
        className="jp-Headwater-select"
        aria-label={trans.__('Namespace')}
        value={search.namespace}
        onChange={event => onFind({ namespace: event.target.value })}
      >
        <option value="">{trans.__('Namespace')}</option>
        {props.namespaces.map(namespace => (
          <option key={namespace} value={namespace}>
            {namespace}
          </option>
        ))}
      </select>
      <select
        className="jp-Headwater-select"
        aria-label={trans.__('Kind')}
        value={search.kind}
        onChange={event =>
          onFind({ kind: event.target.value as ISearch['kind'] })
        }
      >
        <option value="">{trans.__('Kind')}</option>
        <option value="real">{trans.__('Real')}</option>
        <option value="sample">{trans.__('Sample')}</option>
        <option value="simulated">{trans.__('Simulated')}</option>
        <option value="derived">{trans.__('Derived')}</option>
      </select>
      <select
        className="jp-Headwater-select"
        aria-label={trans.__('Order')}
        value={search.sort}
        onChange={event => onFind({ sort: event.target.value as Sort })}
      >
        {sorts.map(([sort, label]) => (
          <option key={sort} value={sort}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

function Found(props: IBrowserViewProps): JSX.Element {
  const { rows, total, trans, search, selected } = props;
  if (total === null) {
    return <Skeleton rows={8} label={trans.__('Loading datasets')} />;
  }
  if (rows.length === 0) {
    const searched = Boolean(search.query || search.namespace || search.kind);
    return searched ? (
      <EmptyState title={trans.__('Nothing found')}>
        <button
          type="button"
          className="jp-Headwater-button"
          onClick={() => props.onFind({ query: '', namespace: '', kind: '' })}
        >
          {trans.__('Show all datasets')}
        </button>
      </EmptyState>
    ) : (
      <EmptyState title={trans.__('No datasets yet')}>
        <p>
          {trans.__(
            'Drop a CSV, Parquet, Arrow or JSON lines file here, right-click one in the file browser, or run:'
          )}
        </p>
        <pre className="jp-Headwater-command">
          headwater import orders.csv --as sales.orders
        </pre>
      </EmptyState>
    );
  }
  const count = props.totalIsCapped
    ? trans.__('more than %1 datasets', formatNumber(total))
    : trans._n('%2 dataset', '%2 datasets', total, formatNumber(total));
  return (
    <>
      <p className="jp-Headwater-count" role="status">
        {count}
      </p>
      <VirtualList
        count={rows.length}
        rowHeight={ROW_HEIGHT}
        label={trans.__('Datasets')}
        selected={rows.findIndex(row => row.name === selected)}
        rowKey={place => rows[place].name}
        renderRow={place => <DatasetRow dataset={rows[place]} {...props} />}
        onSelect={place => props.onSelect(rows[place].name)}
        onOpen={place => props.onOpen(rows[place].name)}
        onRange={props.onRange}
        onDragStart={(place, event) => props.onDrag(rows[place].name, event)}
      />
    </>
  );
}

function DatasetRow(
  props: IBrowserViewProps & { dataset: DatasetSummary }
): JSX.Element {
  const { dataset, trans } = props;
  const dot = dataset.name.indexOf('.') + 1;
  return (
    <div
      className="jp-Headwater-dataset"
      data-dataset={dataset.name}
      title={dataset.description || dataset.name}
    >
      <span className="jp-Headwater-dataset-name">
        <span className="jp-Headwater-dim">{dataset.name.slice(0, dot)}</span>
        {dataset.name.slice(dot)}
      </span>
      <KindBadge kind={dataset.kind} restsOn={dataset.rests_on} trans={trans} />
      <span className="jp-Headwater-dataset-facts">
        <span>{dataset.version}</span>
        <Age at={dataset.updated} />
        <span title={trans.__('%1 rows', formatNumber(dataset.rows))}>
          {trans.__('%1 rows', formatCompact(dataset.rows))}
        </span>
      </span>
      <span className="jp-Headwater-dataset-actions">
        <MouseAction
          icon="insert"
          label={trans.__('Insert load cell for %1', dataset.name)}
          onClick={() => props.onInsert(dataset.name)}
        />
        <MouseAction
          icon="pin"
          label={trans.__('Pin %1 to the notebook', dataset.name)}
          onClick={() => props.onPin(dataset.name)}
        />
      </span>
    </div>
  );
}
