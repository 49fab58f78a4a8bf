/** Which of very many rows, or columns, of one size are in view, and where they stand in an element that scrolls. */

import * as React from 'react';

/**
 * The longest content that an element is given, in pixels. Chrome lays out at most 33,554,428 and Firefox 17,895,697;
 * beyond this many the scroll bar is a scale, as in SlickGrid's paged scrolling.
 */
const LONGEST = 8_000_000;

/** So near the ends, in pixels, a scaled scroll bar moves the rows one to one, so that each can be reached. */
const ROOM = 20_000;

export interface IWindowOptions {
  count: number;
  /** Size of each row, or width of each column, in pixels. */
  size: number;
  /** How many are kept before and after those in view. */
  overscan: number;
  axis: 'vertical' | 'horizontal';
  scroller: React.RefObject<HTMLElement>;
  /** Pixels of the element that something sticky covers. */
  covered?: number;
}

export interface IWindow {
  /** Places of the first and the last kept; `last` is -1 when there is none. */
  first: number;
  last: number;
  /** How many fit into the view, at least one. */
  fitting: number;
  /** Length of the content in pixels. */
  length: number;
  /** Where the one at `place` begins, in pixels from the begin of the content. */
  startOf: (place: number) => number;
  /** Bring the one at `place` into view, by the shortest way. */
  reveal: (place: number) => void;
  /** Scroll so that what is in view stays there after `count` more came before it. */
  shift: (count: number) => void;
  toBegin: () => void;
}

/** How positions of the scroll bar and of the whole content belong together. `view` is the length in view. */
export class Scale {
  constructor(whole: number, view: number) {
    this.length = Math.min(whole, LONGEST);
    this._bar = Math.max(0, this.length - view);
    this._whole = Math.max(0, whole - view);
    this._room = Math.min(ROOM, this._bar / 2);
    const middle = this._bar - 2 * this._room;
    this._ratio = middle > 0 ? (this._whole - 2 * this._room) / middle : 1;
  }

  readonly length: number;

  /** The furthest position in the whole. */
  get end(): number {
    return this._whole;
  }

  /** Where in the whole the scroll bar at `top` stands. */
  toWhole(top: number): number {
    if (top <= this._room) {
      return Math.max(0, top);
    }
    if (top >= this._bar - this._room) {
      return Math.min(this._whole, this._whole - (this._bar - top));
    }
    return this._room + (top - this._room) * this._ratio;
  }

  /** Where the scroll bar stands for the position `at` of the whole. */
  toBar(at: number): number {
    const place = Math.min(this._whole, Math.max(0, at));
    if (place <= this._room) {
      return place;
    }
    if (place >= this._whole - this._room) {
      return this._bar - (this._whole - place);
    }
    return this._room + (place - this._room) / this._ratio;
  }

  /** Whether the scroll bar at `top` is so near an end that it must stand for the right position. */
  isNearEnd(top: number): boolean {
    return top < this._room || top > this._bar - this._room;
  }

  private readonly _bar: number;
  private readonly _whole: number;
  private readonly _room: number;
  private readonly _ratio: number;
}

interface IPosition {
  /** Position in the whole, in pixels. */
  at: number;
  /** What is taken off positions in the whole to stand within the content's length. */
  offset: number;
  view: number;
}

export function useWindow(options: IWindowOptions): IWindow {
  const { count, size, overscan, scroller, axis, covered = 0 } = options;
  const scrolled = axis === 'vertical' ? 'scrollTop' : 'scrollLeft';
  const extent = axis === 'vertical' ? 'clientHeight' : 'clientWidth';
  const [position, setPosition] = React.useState<IPosition>({
    at: 0,
    offset: 0,
    view: 0
  });
  const current = React.useRef(position);
  const whole = count * size;
  const scale = React.useMemo(
    () => new Scale(whole, position.view),
    [whole, position.view]
  );

  const move = React.useCallback(
    (next: IPosition): void => {
      const before = current.current;
      current.current = next;
      const same =
        before.offset === next.offset &&
        before.view === next.view &&
        Math.floor(before.at / size) === Math.floor(next.at / size);
      if (!same) {
        setPosition(next);
      }
    },
    [size]
  );

  /** Stand at the position `at` of the whole, and put the scroll bar where it belongs. */
  const goTo = React.useCallback(
    (at: number): void => {
      const to = Math.min(scale.end, Math.max(0, at));
      const top = Math.round(scale.toBar(to));
      move({ ...current.current, at: to, offset: to - top });
      if (scroller.current) {
        scroller.current[scrolled] = top;
      }
    },
    [scale, move, scroller, scrolled]
  );

  React.useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return;
    }
    const measure = (): void => {
      const view = Math.max(0, element[extent] - covered);
      if (view !== current.current.view) {
        move({ ...current.current, view });
      }
    };
    measure();
    if (typeof ResizeObserver === 'undefined') {
      return;
    }
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, extent, covered, move]);

  React.useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return;
    }
    const onScroll = (): void => {
      const top = element[scrolled];
      const { at, offset, view } = current.current;
      const moved = Math.abs(top + offset - at);
      if (moved > view) {
        // The bar was dragged: it says where in the whole.
        const to = scale.toWhole(top);
        move({ at: to, offset: Math.round(to - top), view });
      } else if (
        scale.isNearEnd(top) &&
        Math.abs(scale.toWhole(top) - top - offset) > 1
      ) {
        goTo(top + offset);
      } else {
        move({ at: top + offset, offset, view });
      }
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [scroller, scrolled, scale, move, goTo]);

  const at = Math.min(position.at, scale.end);
  const first = Math.max(0, Math.floor(at / size) - overscan);
  const last = Math.min(
    count - 1,
    Math.ceil((at + position.view) / size) - 1 + overscan
  );
  return {
    first: Math.min(first, Math.max(0, count - 1)),
    last,
    fitting: Math.max(1, Math.floor(position.view / size)),
    length: scale.length,
    startOf: place => place * size - position.offset,
    reveal: place => {
      const { at: from, view } = current.current;
      const begin = place * size;
      if (begin < from) {
        goTo(begin);
      } else if (begin + size > from + view) {
        goTo(begin + size - view);
      }
    },
    shift: more => goTo(current.current.at + more * size),
    toBegin: () => goTo(0)
  };
}
