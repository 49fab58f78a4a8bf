/** What a draw would cost, on one line that keeps its place. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { SamplePlan } from '../api/types';
import { formatBytes, formatNumber, formatSeconds } from '../ui/format';

export function Estimate(props: {
  plan: SamplePlan;
  isPlanning: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { plan, trans } = props;
  const { estimate } = plan;
  const set = plan.tables ?? [];
  const rows =
    estimate?.rows ??
    (set.length > 1
      ? set.reduce((sum, one) => sum + (one.rows ?? 0), 0)
      : Math.min(plan.rows, plan.rows_estimate ?? plan.rows));
  return (
    <p className="jp-Headwater-sample-estimate">
      <span role="status">
        {props.isPlanning
          ? trans.__('Looking at the table…')
          : [
              trans.__('About %1 rows', formatNumber(rows)),
              ...(set.length > 1
                ? [trans.__('of %1 tables', formatNumber(set.length))]
                : []),
              ...(estimate
                ? [formatBytes(estimate.bytes), formatSeconds(estimate.seconds)]
                : [])
            ].join(', ')}
      </span>
      {estimate && (
        <span className="jp-Headwater-dim">
          {[estimate.touches, estimate.limit].filter(Boolean).join(' · ')}
        </span>
      )}
    </p>
  );
}
