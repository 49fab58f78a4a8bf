/** The methods of a draw, and which fields each of them has. */

import type { MaskProposal, SampleMethod } from '../api/types';

/** The fields of a method. `by` is a column, or several. */
export interface IMethodUses {
  by?: 'one' | 'many';
  allocation?: boolean;
  order?: boolean;
  span?: boolean;
  keys?: boolean;
}

const USES: Record<SampleMethod, IMethodUses> = {
  uniform: {},
  stratified: { by: 'many', allocation: true },
  newest: { by: 'one' },
  window: { by: 'one', span: true },
  top: { by: 'many', order: true },
  keys: { keys: true },
  block: {},
  all: {}
};

/** In the order in which they are offered. */
export const METHODS = Object.keys(USES) as readonly SampleMethod[];

export function usesOf(method: SampleMethod): IMethodUses {
  return USES[method];
}

/** The columns that rows may be chosen by: of a masked one that would tell what the mask hides. */
export function openColumns(masks: readonly MaskProposal[]): string[] {
  return masks.filter(one => one.mask === 'keep').map(one => one.column);
}

/** The open columns that have an order in time, else all of them. */
export function timeColumns(masks: readonly MaskProposal[]): string[] {
  const open = masks.filter(one => one.mask === 'keep');
  const timed = open.filter(one => /date|time/i.test(one.type));
  return (timed.length > 0 ? timed : open).map(one => one.column);
}
