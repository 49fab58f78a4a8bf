/** A list of any length of which only the rows in view are in the page. */

import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';

export interface IVirtualListProps {
  /** Rows in all, also those that are not loaded yet. */
  count: number;
  /** Height of each row in pixels. */
  rowHeight: number;
  label: string;
  /** Place of the selected row, or -1. */
  selected: number;
  /** The row at `place`; called for rows in view only. */
  renderRow: (place: number) => React.ReactNode;
  /** A key that stays with a row when others come before it. */
  rowKey: (place: number) => string;
  onSelect: (place: number) => void;
  /** Enter or double click. */
  onOpen: (place: number) => void;
  /** Called with the places in view whenever they change. */
  onRange: (first: number, last: number) => void;
  onDragStart?: (place: number, event: React.PointerEvent) => void;
}

const OVERSCAN = 8;
const DRAG_PIXELS = 5;

/**
 * A list box: one tab stop, the selected row named by `aria-activedescendant`; arrows, Page Up and Down, Home and End
 * move the selection.
 */
export function VirtualList(props: IVirtualListProps): JSX.Element {
  const { count, rowHeight, selected, onRange } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const prefix = React.useId();
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN
  });
  const rows = virtual.getVirtualItems();
  const first = rows.length ? rows[0].index : 0;
  const last = rows.length ? rows[rows.length - 1].index : 0;

  React.useEffect(() => onRange(first, last), [onRange, first, last, count]);

  const keyDown = (event: React.KeyboardEvent): void => {
    const page = Math.max(
      1,
      Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1
    );
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
      virtual.scrollToIndex(place);
    } else if (event.key === 'Enter' && selected >= 0) {
      event.preventDefault();
      props.onOpen(selected);
    }
  };

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
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {rows.map(row => (
          <div
            key={props.rowKey(row.index)}
            id={`${prefix}${row.index}`}
            className="jp-Headwater-list-row"
            role="option"
            aria-selected={row.index === selected}
            aria-setsize={count}
            aria-posinset={row.index + 1}
            style={{
              height: row.size,
              transform: `translateY(${row.start}px)`
            }}
            onClick={() => props.onSelect(row.index)}
            onContextMenu={() => props.onSelect(row.index)}
            onDoubleClick={() => props.onOpen(row.index)}
            onPointerDown={event =>
              watchDrag(event, () => props.onDragStart?.(row.index, event))
            }
          >
            {props.renderRow(row.index)}
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
