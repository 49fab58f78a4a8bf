/** The loaded part of a long list, by pages; the rest of it is known by number alone. */

import type { DatasetSummary } from '../api/types';

/** Rows of a page. */
export const PAGE = 50;

/** More pages than these are let go, those furthest from the view first. */
const KEPT_PAGES = 40;

/** Pages asked for at once at most. */
const ASKED_PAGES = 8;

/** Rows at the begin of the view by which it is held. */
const ANCHORS = 7;

export class Rows {
  at(place: number): DatasetSummary | null {
    return this._pages.get(Math.floor(place / PAGE))?.[place % PAGE] ?? null;
  }

  /** Where the dataset stands, or -1 when it is not among the loaded rows. */
  placeOf(name: string): number {
    for (const [page, rows] of this._pages) {
      const index = rows.findIndex(row => row.name === name);
      if (index >= 0) {
        return page * PAGE + index;
      }
    }
    return -1;
  }

  clear(): void {
    this._pages.clear();
  }

  /** Keep `rows`, the first of which has the place `offset`, a multiple of `PAGE`. */
  put(offset: number, rows: readonly DatasetSummary[], view = 0): void {
    for (let start = 0; start < rows.length; start += PAGE) {
      this._pages.set((offset + start) / PAGE, rows.slice(start, start + PAGE));
    }
    const near = Math.floor(view / PAGE);
    const byDistance = [...this._pages.keys()].sort(
      (a, b) => Math.abs(a - near) - Math.abs(b - near)
    );
    byDistance.slice(KEPT_PAGES).forEach(page => this._pages.delete(page));
  }

  /** What to ask for so that the rows from `first` to `last` are loaded, or null when they are. */
  missing(
    first: number,
    last: number
  ): { offset: number; limit: number } | null {
    const pages = [];
    for (let page = Math.floor(first / PAGE); page * PAGE <= last; page++) {
      if (page >= 0 && !this._pages.has(page)) {
        pages.push(page);
      }
    }
    if (pages.length === 0) {
      return null;
    }
    const count = Math.min(ASKED_PAGES, pages[pages.length - 1] - pages[0] + 1);
    return { offset: pages[0] * PAGE, limit: count * PAGE };
  }

  /**
   * Take `rows` from `offset` on for the truth, and let go of all others.
   * @returns by how many places the first rows of the view `first` to `last` have moved, 0 at the top of the list: there what is
   * new is to be seen.
   */
  replace(
    offset: number,
    rows: readonly DatasetSummary[],
    first: number,
    last: number
  ): number {
    const moves: number[] = [];
    const end = Math.min(last, first + ANCHORS - 1);
    for (let place = first; first > 0 && place <= end; place++) {
      const name = this.at(place)?.name;
      const index = rows.findIndex(row => row.name === name);
      if (name !== undefined && index >= 0) {
        moves.push(offset + index - place);
      }
    }
    this.clear();
    this.put(offset, rows, first);
    // The first ones stay where they are; one that was itself changed may have gone elsewhere.
    moves.sort((a, b) => a - b);
    return moves[Math.floor(moves.length / 2)] ?? 0;
  }

  private readonly _pages = new Map<number, readonly DatasetSummary[]>();
}
