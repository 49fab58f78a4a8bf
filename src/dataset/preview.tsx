/** The rows of a version, a page at a time: only what is in view is in the page. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Column, RowsPage } from '../api/types';
import { formatNumber } from '../ui/format';
import {
  EmptyState,
  FailureNotice,
  type IFailure,
  Skeleton
} from '../ui/states';
import { useWindow } from '../ui/window';
import { FilterBar } from './filter';
import { ROWS_PAGE } from './page';

export interface IPreviewProps {
  name: string;
  columns: readonly Column[];
  numeric: readonly boolean[];
  where: string;
  total: number | null;
  totalIsCapped: boolean;
  pages: ReadonlyMap<number, RowsPage['rows']>;
  failure: IFailure | null;
  trans: TranslationBundle;
  onWant: (row: number) => void;
  onFilter: (where: string) => void;
  onRetry: () => void;
}

const ROW_HEIGHT = 24;
const HEAD_HEIGHT = 40;
const COLUMN_WIDTH = 140;

export function Preview(props: IPreviewProps): JSX.Element {
  const { trans, total } = props;
  return (
    <div className="jp-Headwater-preview">
      <div className="jp-Headwater-bar">
        <FilterBar
          columns={props.columns}
          where={props.where}
          trans={trans}
          onFilter={props.onFilter}
        />
        <span className="jp-Headwater-count" role="status">
          {total !== null &&
            (props.totalIsCapped
              ? trans.__('at least %1 rows', formatNumber(total))
              : trans._n('%2 row', '%2 rows', total, formatNumber(total)))}
        </span>
      </div>
      <FailureNotice
        failure={props.failure}
        retryLabel={trans.__('Try again')}
        onRetry={props.onRetry}
      />
      {total === null && !props.failure && (
        <Skeleton rows={10} label={trans.__('Loading rows')} />
      )}
      {total === 0 && (
        <EmptyState
          title={
            props.where
              ? trans.__('No row fits the filter')
              : trans.__('There are no rows')
          }
        />
      )}
      {total !== null && total > 0 && (
        <Grid key={props.where} {...props} total={total} />
      )}
    </div>
  );
}

function Grid(props: IPreviewProps & { total: number }): JSX.Element {
  const { columns, numeric, pages, total, onWant } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const rows = useWindow({
    count: total,
    size: ROW_HEIGHT,
    overscan: 10,
    axis: 'vertical',
    scroller,
    covered: HEAD_HEIGHT
  });
  const across = useWindow({
    count: columns.length,
    size: COLUMN_WIDTH,
    overscan: 3,
    axis: 'horizontal',
    scroller
  });
  const { first, last } = rows;
  React.useEffect(() => {
    onWant(first);
    onWant(last);
  }, [onWant, first, last]);
  const shown = range(first, last);
  const cells = range(across.first, across.last);
  const width = across.length;
  const place = (column: number): React.CSSProperties => ({
    left: across.startOf(column),
    width: COLUMN_WIDTH
  });
  return (
    <div
      ref={scroller}
      className="jp-Headwater-rows"
      role="grid"
      aria-label={props.name}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      tabIndex={0}
    >
      <div
        className="jp-Headwater-rows-head"
        role="row"
        aria-rowindex={1}
        style={{ width, height: HEAD_HEIGHT }}
      >
        {cells.map(column => (
          <div
            key={column}
            role="columnheader"
            aria-colindex={column + 1}
            className={numeric[column] ? 'jp-Headwater-number' : ''}
            style={place(column)}
            title={`${columns[column].name}: ${columns[column].type}`}
          >
            {columns[column].name}
            <span className="jp-Headwater-dim">{columns[column].type}</span>
          </div>
        ))}
      </div>
      <div style={{ height: rows.length, width, position: 'relative' }}>
        {shown.map(row => {
          const values = pages.get(Math.floor(row / ROWS_PAGE))?.[
            row % ROWS_PAGE
          ];
          return (
            <div
              key={row}
              role="row"
              aria-rowindex={row + 2}
              className="jp-Headwater-rows-row"
              style={{
                transform: `translateY(${rows.startOf(row)}px)`,
                height: ROW_HEIGHT,
                width
              }}
            >
              {cells.map(column => (
                <Cell
                  key={column}
                  value={values?.[column]}
                  numeric={numeric[column]}
                  column={column}
                  style={place(column)}
                />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function range(first: number, last: number): number[] {
  return Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, index) => first + index
  );
}

function Cell(props: {
  value: string | null | undefined;
  numeric: boolean;
  column: number;
  style: React.CSSProperties;
}): JSX.Element {
  const { value } = props;
  const classes = [
    props.numeric ? 'jp-Headwater-number' : '',
    value === null ? 'jp-Headwater-null' : ''
  ];
  return (
    <div
      role="gridcell"
      aria-colindex={props.column + 1}
      className={classes.join(' ').trim()}
      style={props.style}
      title={value ?? undefined}
    >
      {value === null ? 'null' : value}
    </div>
  );
}
