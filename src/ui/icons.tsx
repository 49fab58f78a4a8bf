/** The few glyphs of Headwater's views, in the colour of the text around them. */

import * as React from 'react';

const PATHS = {
  ascending:
    'M4 13V5.5L2.3 7.2l-1-1L4.7 2.8 8.1 6.2l-1 1-1.7-1.7V13zM9 4h2v1.4H9zm0 3.6h4V9H9zm0 3.6h6v1.4H9z',
  caret: 'M6 4l4 4-4 4z',
  check: 'M3 8.5l3.2 3.2L13 5l-1-1-5.8 5.8L4 7.5z',
  close:
    'M4.2 3.2L8 7l3.8-3.8 1 1L9 8l3.8 3.8-1 1L8 9l-3.8 3.8-1-1L7 8 3.2 4.2z',
  copy: 'M5 2h8v9h-2V4H5zM3 5h7v9H3zm1.2 1.2v6.6h4.6V6.2z',
  descending:
    'M4 3v7.5L2.3 8.8l-1 1 3.4 3.4 3.4-3.4-1-1-1.7 1.7V3zM9 4h6v1.4H9zm0 3.6h4V9H9zm0 3.6h2v1.4H9z',
  import:
    'M7.3 2h1.4v6.2l2-2 1 1L8 10.9 4.3 7.2l1-1 2 2zM2.5 10h1.4v2.6h8.2V10h1.4v4h-11z',
  insert:
    'M2 3h12v1.4H2zm0 8.6h12V13H2zM7.3 5.6h1.4v1.7h1.8v1.4H8.7v1.7H7.3V8.7H5.5V7.3h1.8z',
  pin: 'M6 2h5v1.4l-.8.6v3L12 9v1H9v4H8v-4H5V9l1.8-2V4L6 3.4z',
  refresh:
    'M12.5 3.5V7H9l1.4-1.4A3.3 3.3 0 1 0 11.2 9h1.4A4.7 4.7 0 1 1 11.4 4.6z',
  search:
    'M7 2.5a4.5 4.5 0 1 0 2.7 8.1l3 3 1-1-3-3A4.5 4.5 0 0 0 7 2.5zm0 1.4a3.1 3.1 0 1 1 0 6.2 3.1 3.1 0 0 1 0-6.2z',
  settings:
    'M3 4h5v1.4H3zm8 0h2v1.4h-2zM9 3h1.4v3.4H9zM3 10.6h2V12H3zm5 0h5V12H8zM6 9.6h1.4V13H6z',
  tag: 'M2 2h6l6 6-6 6-6-6zm2.5 1.5a1 1 0 1 0 0 2 1 1 0 0 0 0-2z',
  undo: 'M6 3v2.5h3a4 4 0 0 1 0 8H5v-1.4h4a2.6 2.6 0 0 0 0-5.2H6v2.6L2 6.2z',
  upgrade: 'M8 3l4.5 4.5-1 1L8.7 5.7V13H7.3V5.7L4.5 8.5l-1-1z',
  warning: 'M8 2l6.5 12h-13zm-.7 4.6v3.6h1.4V6.6zm0 4.6v1.4h1.4v-1.4z'
} as const;

export type IconName = keyof typeof PATHS;

/** A glyph that says nothing by itself: whoever shows it gives the words. */
export function Icon(props: {
  name: IconName;
  className?: string;
}): JSX.Element {
  return (
    <svg
      className={`jp-Headwater-icon ${props.className ?? ''}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[props.name]} fill="currentColor" fillRule="evenodd" />
    </svg>
  );
}

/** A button that shows a glyph; its label is read out and shown on hover. */
export function IconButton(props: {
  icon: IconName;
  label: string;
  onClick: (event: React.MouseEvent) => void;
  disabled?: boolean;
}): JSX.Element {
  return (
    <button
      type="button"
      className="jp-Headwater-iconButton"
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}

/**
 * An icon that a mouse may click within a row. An option of a list box holds no buttons: by keyboard and for a screen
 * reader the same actions are commands of the row.
 */
export function MouseAction(props: {
  icon: IconName;
  label: string;
  onClick: () => void;
}): JSX.Element {
  return (
    <span
      className="jp-Headwater-iconButton"
      aria-hidden="true"
      title={props.label}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </span>
  );
}
