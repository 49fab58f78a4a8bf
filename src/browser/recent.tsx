/** The datasets that were opened, loaded or pinned last. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { type IFailure, Loaded } from '../ui/states';
import { VirtualList } from '../ui/virtual-list';
import { DatasetRow, type IRow, ROW_HEIGHT } from './row';

export interface IRecentViewProps {
  /** The last used first; null while they are on their way. */
  rows: readonly IRow[] | null;
  failure: IFailure | null;
  selected: string | null;
  trans: TranslationBundle;
  onSelect: (name: string) => void;
  onOpen: (name: string) => void;
  onInsert: (name: string) => void;
  onPin: (name: string) => void;
  onDrag: (name: string, event: React.PointerEvent) => void;
  onRetry: () => void;
}

export function RecentView(props: IRecentViewProps): JSX.Element {
  const { trans, selected } = props;
  return (
    <Loaded
      items={props.rows}
      failure={props.failure}
      loadingLabel={trans.__('Loading datasets')}
      emptyTitle={trans.__('Nothing used yet')}
      empty={
        <p>
          {trans.__(
            'Datasets that you open, load or pin are listed here, the last one first.'
          )}
        </p>
      }
      onRetry={props.onRetry}
      trans={trans}
    >
      {rows => (
        <VirtualList
          count={rows.length}
          rowHeight={ROW_HEIGHT}
          label={trans.__('Datasets used last')}
          selected={rows.findIndex(row => row.name === selected)}
          rowKey={place => rows[place].name}
          renderRow={place => <DatasetRow dataset={rows[place]} {...props} />}
          onSelect={place => props.onSelect(rows[place].name)}
          onOpen={place => props.onOpen(rows[place].name)}
          onDragStart={(place, event) => props.onDrag(rows[place].name, event)}
        />
      )}
    </Loaded>
  );
}
