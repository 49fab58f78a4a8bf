/** A moment, as its age, with the exact time on hover. */

import * as React from 'react';
import { formatAge, formatTime } from './format';

export function Age(props: { at: string; now?: number }): JSX.Element {
  return (
    <time dateTime={props.at} title={formatTime(props.at)}>
      {formatAge(props.at, props.now)}
    </time>
  );
}
