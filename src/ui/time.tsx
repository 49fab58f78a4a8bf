/** A moment, as its age, with the exact time on hover. */

import * as React from 'react';
import { formatAge, formatTime } from './format';

export function Age(props: { at: string; now?: number }): JSX.Element {
  // A moment can come from a notebook that anybody wrote.
  if (Number.isNaN(Date.parse(props.at))) {
    return <span>{props.at}</span>;
  }
  return (
    <time dateTime={props.at} title={formatTime(props.at)}>
      {formatAge(props.at, props.now)}
    </time>
  );
}
