/** A small bar chart of counts, read out as words. */

import * as React from 'react';
import { formatNumber } from './format';

export interface IBar {
  label: string;
  count: number;
}

const WIDTH = 120;
const HEIGHT = 28;

/** Bars side by side: a histogram. Each bar's range and count show on hover. */
export function Histogram(props: {
  bars: readonly IBar[];
  label: string;
}): JSX.Element {
  const most = Math.max(1, ...props.bars.map(bar => bar.count));
  const step = WIDTH / Math.max(1, props.bars.length);
  return (
    <svg
      className="jp-Headwater-histogram"
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      preserveAspectRatio="none"
    >
      {props.bars.map((bar, place) => {
        // A bucket that holds anything shows at least a line.
        const height = bar.count ? Math.max(1, (bar.count / most) * HEIGHT) : 0;
        return (
          <rect
            key={place}
            x={place * step}
            y={HEIGHT - height}
            width={Math.max(1, step - 1)}
            height={height}
          >
            <title>{`${bar.label}: ${formatNumber(bar.count)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}

/** Bars below each other with their labels: the most frequent values. */
export function TopValues(props: {
  bars: readonly IBar[];
  total: number;
}): JSX.Element {
  const most = Math.max(1, ...props.bars.map(bar => bar.count));
  return (
    <ol className="jp-Headwater-topValues">
      {props.bars.map((bar, place) => (
        <li key={place} title={`${bar.label}: ${formatNumber(bar.count)}`}>
          <span className="jp-Headwater-topValues-bar">
            <span style={{ width: `${(bar.count / most) * 100}%` }} />
          </span>
          <span className="jp-Headwater-topValues-label">{bar.label}</span>
          <span className="jp-Headwater-number">
            {props.total > 0
              ? `${Math.round((bar.count / props.total) * 100)}%`
              : ''}
          </span>
        </li>
      ))}
    </ol>
  );
}
