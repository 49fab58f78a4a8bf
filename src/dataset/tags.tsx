/** Tags of a version, to read, add and take away. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Icon, IconButton } from '../ui/icons';

export function TagList(props: {
  tags: readonly string[];
  editable: boolean;
  trans: TranslationBundle;
  onTag: (tag: string) => void;
  onUntag: (tag: string) => void;
}): JSX.Element {
  const { trans } = props;
  const [draft, setDraft] = React.useState<string | null>(null);
  const keep = (): void => {
    if (draft?.trim()) {
      props.onTag(draft.trim());
    }
    setDraft(null);
  };
  return (
    <span className="jp-Headwater-tags">
      {props.tags.map(tag => (
        <span key={tag} className="jp-Headwater-tag">
          {tag}
          {props.editable && (
            <IconButton
              icon="close"
              label={trans.__('Take the tag %1 away', tag)}
              onClick={() => props.onUntag(tag)}
            />
          )}
        </span>
      ))}
      {!props.editable && props.tags.length === 0 && '–'}
      {props.editable && draft === null && (
        <button
          type="button"
          className="jp-Headwater-link"
          onClick={() => setDraft('')}
        >
          <Icon name="tag" />
          {trans.__('Add tag')}
        </button>
      )}
      {draft !== null && (
        <input
          autoFocus
          type="text"
          value={draft}
          maxLength={64}
          aria-label={trans.__('New tag')}
          placeholder={trans.__('e.g. approved')}
          onChange={event => setDraft(event.target.value)}
          onBlur={keep}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              keep();
            } else if (event.key === 'Escape') {
              setDraft(null);
            }
          }}
        />
      )}
    </span>
  );
}
