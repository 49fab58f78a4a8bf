/** The badge of a stamp: words and shape, colour only beside them. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Icon, type IconName } from '../ui/icons';
import type { Badge } from './model';

/** The glyph beside the words. */
export const BADGE_ICONS: Record<Badge, IconName> = {
  stamped: 'check',
  changed: 'undo',
  floating: 'warning',
  unsigned: 'warning',
  outside: 'warning',
  none: 'tag'
};

/** The words of a badge. */
export function badgeText(badge: Badge, trans: TranslationBundle): string {
  const words: Record<Badge, string> = {
    stamped: trans.__('stamped'),
    changed: trans.__('changed since stamp'),
    floating: trans.__('floating reads'),
    unsigned: trans.__('unsigned'),
    outside: trans.__('not stamped'),
    none: trans.__('no stamp')
  };
  return words[badge];
}

/** What a badge means, in a sentence. */
export function badgeMeaning(badge: Badge, trans: TranslationBundle): string {
  const sentences: Record<Badge, string> = {
    stamped: trans.__(
      'The saved notebook carries a signed record of the data it rests on.'
    ),
    changed: trans.__(
      'The notebook has changed since it was stamped; save it to stamp it again.'
    ),
    floating: trans.__('Stamped, but some cells read data that no pin holds.'),
    unsigned: trans.__('The notebook has a stamp without a valid signature.'),
    outside: trans.__(
      "A link leads to this notebook, outside the server's root: it is saved without pins and stamp."
    ),
    none: trans.__('The notebook has no stamp yet; save it to make one.')
  };
  return sentences[badge];
}

export function StampBadge(props: {
  badge: Badge;
  trans: TranslationBundle;
  onClick: () => void;
}): JSX.Element {
  const { badge, trans } = props;
  const meaning = badgeMeaning(badge, trans);
  return (
    <button
      type="button"
      className="jp-Headwater-badge"
      data-badge={badge}
      title={`${meaning} ${trans.__('Click for the passport.')}`}
      onClick={props.onClick}
    >
      <Icon name={BADGE_ICONS[badge]} />
      {badgeText(badge, trans)}
    </button>
  );
}
