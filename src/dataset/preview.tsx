/** The rows of a version, a page at a time: only what is in view is in the page. */

import { useVirtualizer } from '@tanstack/react-virtual';
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
}

const ROW_HEIGHT = 24;
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
      <FailureNotice failure={props.failure} />
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
      {total !== null && total > 0 && <Grid {...props} total={total} />}
    </div>
  );
}

function Grid(props: IPreviewProps & { total: number }): JSX.Element {
  const { columns, numeric, pages, total, onWant } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10
  });
  const across = useVirtualizer({
    count: columns.length,
    horizontal: true,
    getScrollElement: () => scroller.current,
    estimateSize: () => COLUMN_WIDTH,
    overscan: 3
  });
  const shown = rows.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown[shown.length - 1]?.index ?? 0;
  React.useEffect(() => {
    onWant(first);
    onWant(last);
  }, [onWant, first, last]);
  const cells = across.getVirtualItems();
  const width = across.getTotalSize();
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
        style={{ width }}
      >
        {cells.map(cell => (
          <div
            key={cell.key}
            role="columnheader"
            aria-colindex={cell.index + 1}
            className={numeric[cell.index] ? 'jp-Headwater-number' : ''}
            style={{ left: cell.start, width: cell.size }}
            title={`${columns[cell.index].name}: ${columns[cell.index].type}`}
          >
            {columns[cell.index].name}
            <span className="jp-Headwater-dim">{columns[cell.index].type}</span>
          </div>
        ))}
      </div>
      <div style={{ height: rows.getTotalSize(), width, position: 'relative' }}>
        {shown.map(row => {
          const values = pages.get(Math.floor(row.index / ROWS_PAGE))?.[
            row.index % ROWS_PAGE
          ];
          return (
            <div
              key={row.key}
              role="row"
              aria-rowindex={row.index + 2}
              className="jp-Headwater-rows-row"
              style={{
                transform: `translateY(${row.start}px)`,
                height: row.size,
                width
              }}
            >
              {cells.map(cell => (
                <Cell
                  key={cell.key}
                  value={values?.[cell.index]}
                  numeric={numeric[cell.index]}
                  column={cell.index}
                  left={cell.start}
                  width={cell.size}
                />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Cell(props: {
  value: string | null | undefined;
  numeric: boolean;
  column: number;
  left: number;
  width: number;
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
      style={{ left: props.left, width: props.width }}
      title={value ?? undefined}
    >
      {value === null ? 'null' : value}
    </div>
  );
}
