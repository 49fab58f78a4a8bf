/** The dataset browser: search, filters and a list of any length. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DatasetSummary } from '../api/types';
import { formatNumber } from '../ui/format';
import { IconButton } from '../ui/icons';
import { SearchBox } from '../ui/search-box';
import {
  EmptyState,
  ErrorState,
  FailureNotice,
  type IFailure,
  Skeleton
} from '../ui/states';
import { TabPanel, Tabs } from '../ui/tabs';
import { VirtualList } from '../ui/virtual-list';
import type { ISearch, Sort } from './model';
import { DatasetRow, ROW_HEIGHT, RowOnItsWay } from './row';

export type BrowserTab = 'datasets' | 'production' | 'recent';

export interface IBrowserViewProps {
  tab: BrowserTab;
  search: Readonly<ISearch>;
  /** The dataset at a place of the list, or null while it is not loaded. */
  rowAt: (place: number) => DatasetSummary | null;
  total: number | null;
  totalIsCapped: boolean;
  listKey: number;
  shifted: number;
  /** Null until somebody wants to choose one. */
  namespaces: readonly string[] | null;
  warnings: readonly string[];
  failure: IFailure | null;
  selectedPlace: number;
  production: React.ReactNode;
  recent: React.ReactNode;
  trans: TranslationBundle;
  onTab: (tab: BrowserTab) => void;
  onFind: (change: Partial<ISearch>) => void;
  onNamespaces: () => void;
  onSelect: (place: number) => void;
  onOpen: (name: string) => void;
  onInsert: (name: string) => void;
  onPin: (name: string) => void;
  onRange: (first: number, last: number) => void;
  onDrag: (name: string, event: React.PointerEvent) => void;
  onRefresh: () => void;
  onImport: () => void;
}

export function BrowserView(props: IBrowserViewProps): JSX.Element {
  const { trans } = props;
  return (
    <div className="jp-Headwater-browser">
      <div className="jp-Headwater-header">
        <h2>{trans.__('Headwater')}</h2>
        <span className="jp-Headwater-header-actions">
          <IconButton
            icon="import"
            label={trans.__('Import files as versions…')}
            onClick={props.onImport}
          />
          <IconButton
            icon="refresh"
            label={trans.__('Refresh')}
            onClick={props.onRefresh}
          />
        </span>
      </div>
      <Tabs
        tabs={[
          { id: 'datasets', label: trans.__('Datasets') },
          { id: 'production', label: trans.__('Production') },
          { id: 'recent', label: trans.__('Recent') }
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
        {props.tab === 'datasets' ? <Datasets {...props} /> : props[props.tab]}
      </TabPanel>
    </div>
  );
}

function Datasets(props: IBrowserViewProps): JSX.Element {
  const { trans, search } = props;
  const list = React.useRef<HTMLDivElement>(null);
  if (props.failure && props.total === null) {
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
          list.current?.querySelector<HTMLElement>('[role=listbox]')?.focus();
          if (props.total && props.selectedPlace < 0) {
            props.onSelect(0);
          }
        }}
      />
      <Filters {...props} />
      <div className="jp-Headwater-listHead">
        <p className="jp-Headwater-count" role="status">
          {countText(props)}
        </p>
        <Order {...props} />
      </div>
      <FailureNotice
        failure={props.failure}
        retryLabel={trans.__('Try again')}
        onRetry={props.onRefresh}
      />
      <Found {...props} />
    </div>
  );
}

function Filters(props: IBrowserViewProps): JSX.Element {
  const { trans, search, onFind } = props;
  return (
    <div className="jp-Headwater-filters">
      <select
        className="jp-Headwater-select"
        aria-label={trans.__('Namespace')}
        value={search.namespace}
        onPointerEnter={props.onNamespaces}
        onFocus={props.onNamespaces}
        onChange={event => onFind({ namespace: event.target.value })}
      >
        <option value="">{trans.__('Namespace')}</option>
        {(props.namespaces ?? [search.namespace].filter(Boolean)).map(
          namespace => (
            <option key={namespace} value={namespace}>
              {namespace}
            </option>
          )
        )}
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
    </div>
  );
}

function Order(props: IBrowserViewProps): JSX.Element {
  const { trans, search, onFind } = props;
  const sorts: [Sort, string][] = [
    ['relevance', search.query ? trans.__('Best first') : trans.__('Order')],
    ['name', trans.__('Name')],
    ['updated', trans.__('Time')],
    ['rows', trans.__('Rows')],
    ['bytes', trans.__('Size')]
  ];
  return (
    <span className="jp-Headwater-order">
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
      <IconButton
        icon={search.descending ? 'descending' : 'ascending'}
        label={
          search.descending
            ? trans.__('Largest first; turn the order around')
            : trans.__('Smallest first; turn the order around')
        }
        disabled={search.sort === 'relevance'}
        onClick={() => onFind({ descending: !search.descending })}
      />
    </span>
  );
}

function countText(props: IBrowserViewProps): string {
  const { total, trans } = props;
  if (!total) {
    return '';
  }
  return props.totalIsCapped
    ? trans.__('more than %1 datasets', formatNumber(total))
    : trans._n('%2 dataset', '%2 datasets', total, formatNumber(total));
}

function Found(props: IBrowserViewProps): JSX.Element {
  const { rowAt, total, trans, search } = props;
  if (total === null) {
    return <Skeleton rows={8} label={trans.__('Loading datasets')} />;
  }
  if (total === 0) {
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
        <button
          type="button"
          className="jp-Headwater-button"
          onClick={props.onImport}
        >
          {trans.__('Import files…')}
        </button>
      </EmptyState>
    );
  }
  const named = (place: number, act: (name: string) => void): void => {
    const dataset = rowAt(place);
    if (dataset !== null) {
      act(dataset.name);
    }
  };
  return (
    <VirtualList
      count={total}
      rowHeight={ROW_HEIGHT}
      label={trans.__('Datasets')}
      selected={props.selectedPlace}
      listKey={props.listKey}
      shifted={props.shifted}
      rowKey={place => rowAt(place)?.name ?? `#${place}`}
      renderRow={place => {
        const dataset = rowAt(place);
        return dataset === null ? (
          <RowOnItsWay label={trans.__('Loading')} />
        ) : (
          <DatasetRow dataset={dataset} {...props} />
        );
      }}
      onSelect={props.onSelect}
      onOpen={place => named(place, props.onOpen)}
      onRange={props.onRange}
      onDragStart={(place, event) =>
        named(place, name => props.onDrag(name, event))
      }
    />
  );
}
