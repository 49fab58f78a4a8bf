/** A list of any length of which only the rows in view are in the page. */

import * as React from 'react';
import { useWindow } from './window';

export interface IVirtualListProps {
  /** Rows in all, also those that are not loaded yet. */
  count: number;
  /** Height of each row in pixels. */
  rowHeight: number;
  label: string;
  /** Place of the selected row, or -1. */
  selected: number;
  /** Which list this is: another one begins at its top. */
  listKey?: string | number;
  /** How many rows have come before those in view since the list was first shown, less those that went. */
  shifted?: number;
  /** The row at `place`; called for rows in view only. */
  renderRow: (place: number) => React.ReactNode;
  /** A key that stays with a row when others come before it. */
  rowKey: (place: number) => string;
  onSelect: (place: number) => void;
  /** Enter or double click. */
  onOpen: (place: number) => void;
  /** Called with the places that are in the page whenever they change. */
  onRange?: (first: number, last: number) => void;
  onDragStart?: (place: number, event: React.PointerEvent) => void;
}

const OVERSCAN = 6;
const DRAG_PIXELS = 5;

/**
 * A list box: one tab stop, the selected row named by `aria-activedescendant`; arrows, Page Up and Down, Home and End
 * move the selection; the menu key and Shift+F10 open the selected row's context menu.
 */
export function VirtualList(props: IVirtualListProps): JSX.Element {
  const { count, rowHeight, selected, onRange, listKey, shifted = 0 } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const prefix = React.useId();
  const rows = useWindow({
    count,
    size: rowHeight,
    overscan: OVERSCAN,
    axis: 'vertical',
    scroller
  });
  const { first, last } = rows;

  const shown = React.useRef({ listKey, shifted });
  React.useLayoutEffect(() => {
    const before = shown.current;
    shown.current = { listKey, shifted };
    if (before.listKey !== listKey) {
      rows.toBegin();
    } else if (before.shifted !== shifted) {
      rows.shift(shifted - before.shifted);
    }
  });
  React.useEffect(
    () => onRange?.(first, last),
    [onRange, first, last, count, listKey]
  );

  const openMenu = (): void => {
    const row = scroller.current?.querySelector('[aria-selected=true] > *');
    if (row) {
      const { left, bottom } = row.getBoundingClientRect();
      row.dispatchEvent(
        new MouseEvent('contextmenu', {
          bubbles: true,
          cancelable: true,
          clientX: left + 16,
          clientY: bottom
        })
      );
    }
  };

  const keyDown = (event: React.KeyboardEvent): void => {
    const page = Math.max(1, rows.fitting - 1);
    const moves: Record<string, number> = {
      ArrowDown: selected + 1,
      ArrowUp: selected - 1,
      PageDown: selected + page,
      PageUp: selected - page,
      Home: 0,
      End: count - 1
    };
    const to = moves[event.key];
    if (to !== undefined && count > 0) {
      event.preventDefault();
      const place = Math.min(count - 1, Math.max(0, to));
      props.onSelect(place);
      rows.reveal(place);
    } else if (event.key === 'Enter' && selected >= 0) {
      event.preventDefault();
      props.onOpen(selected);
    } else if (
      event.key === 'ContextMenu' ||
      (event.key === 'F10' && event.shiftKey)
    ) {
      event.preventDefault();
      openMenu();
    }
  };

  const places = Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, index) => first + index
  );
  return (
    <div
      ref={scroller}
      className="jp-Headwater-list"
      role="listbox"
      aria-label={props.label}
      aria-activedescendant={
        selected >= first && selected <= last
          ? `${prefix}${selected}`
          : undefined
      }
      tabIndex={0}
      onKeyDown={keyDown}
      onContextMenu={event => {
        // The keys above have opened the row's menu; the browser's own event for them names the list.
        if (event.target === event.currentTarget) {
          event.preventDefault();
          event.stopPropagation();
        }
      }}
    >
      <div style={{ height: rows.length, position: 'relative' }}>
        {places.map(place => (
          <div
            key={props.rowKey(place)}
            id={`${prefix}${place}`}
            className="jp-Headwater-list-row"
            role="option"
            aria-selected={place === selected}
            aria-setsize={count}
            aria-posinset={place + 1}
            style={{
              height: rowHeight,
              transform: `translateY(${rows.startOf(place)}px)`
            }}
            onClick={() => props.onSelect(place)}
            onContextMenu={() => props.onSelect(place)}
            onDoubleClick={() => props.onOpen(place)}
            onPointerDown={event =>
              watchDrag(event, () => props.onDragStart?.(place, event))
            }
          >
            {props.renderRow(place)}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Call `start` once the pointer, pressed, has moved far enough to mean a drag. */
function watchDrag(down: React.PointerEvent, start: () => void): void {
  if (down.button !== 0) {
    return;
  }
  const move = (event: PointerEvent): void => {
    if (
      Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) >
      DRAG_PIXELS
    ) {
      stop();
      start();
    }
  };
  const stop = (): void => {
    document.removeEventListener('pointermove', move, true);
    document.removeEventListener('pointerup', stop, true);
  };
  document.addEventListener('pointermove', move, true);
  document.addEventListener('pointerup', stop, true);
}
