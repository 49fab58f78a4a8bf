/** One dataset as a row of a list. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DatasetSummary } from '../api/types';
import { formatCompact, formatNumber } from '../ui/format';
import { MouseAction } from '../ui/icons';
import { KindBadge } from '../ui/kind';
import { Age } from '../ui/time';

export const ROW_HEIGHT = 44;

/** What a row says of a dataset. */
export type IRow = Pick<
  DatasetSummary,
  'name' | 'description' | 'version' | 'rows' | 'kind' | 'rests_on' | 'updated'
>;

export function DatasetRow(props: {
  dataset: IRow;
  trans: TranslationBundle;
  onInsert: (name: string) => void;
  onPin: (name: string) => void;
}): JSX.Element {
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

/** In the place of a row that is on its way. */
export function RowOnItsWay(props: { label: string }): JSX.Element {
  return (
    <div className="jp-Headwater-dataset jp-mod-waiting" aria-busy="true">
      <span className="jp-Headwater-wait" aria-hidden="true" />
      <span className="jp-Headwater-wait" aria-hidden="true" />
      <span className="jp-Headwater-hidden">{props.label}</span>
    </div>
  );
}
