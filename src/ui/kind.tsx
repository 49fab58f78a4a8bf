/** What data is: the badge that stands wherever a name stands. Real data has none. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Kind } from '../api/types';

/** The words of a badge, empty for real data. */
export function kindText(
  kind: Kind,
  restsOn: readonly Kind[],
  trans: TranslationBundle
): string {
  const words: Record<Kind, string> = {
    real: '',
    sample: trans.__('SAMPLE'),
    simulated: trans.__('SIM'),
    derived: trans.__('DERIVED')
  };
  const unreal = restsOn.filter(
    other => other === 'sample' || other === 'simulated'
  );
  if (kind !== 'derived' || unreal.length === 0) {
    return words[kind];
  }
  return trans.__(
    'DERIVED from %1',
    unreal.map(other => words[other]).join(' + ')
  );
}

/** The badge, by words and shape, never by colour alone. */
export function KindBadge(props: {
  kind: Kind;
  restsOn: readonly Kind[];
  trans: TranslationBundle;
}): JSX.Element | null {
  const text = kindText(props.kind, props.restsOn, props.trans);
  return text ? (
    <span className="jp-Headwater-kind" data-kind={props.kind}>
      {text}
    </span>
  ) : null;
}
