/** A search field with a glyph and a way to empty it. */

import * as React from 'react';
import { Icon, IconButton } from './icons';

export function SearchBox(props: {
  value: string;
  placeholder: string;
  clearLabel: string;
  onChange: (value: string) => void;
  /** Arrow down leaves the field for the list below it. */
  onLeave?: () => void;
}): JSX.Element {
  const keyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Escape' && props.value) {
      event.stopPropagation();
      props.onChange('');
    } else if (event.key === 'ArrowDown' && props.onLeave) {
      event.preventDefault();
      props.onLeave();
    }
  };
  return (
    <div className="jp-Headwater-search">
      <Icon name="search" />
      <input
        type="text"
        role="searchbox"
        value={props.value}
        placeholder={props.placeholder}
        aria-label={props.placeholder}
        spellCheck={false}
        onChange={event => props.onChange(event.target.value)}
        onKeyDown={keyDown}
      />
      {props.value && (
        <IconButton
          icon="close"
          label={props.clearLabel}
          onClick={() => props.onChange('')}
        />
      )}
    </div>
  );
}
