/** The tables of a set as a tree from the root, for showing how each comes in. */

import type { IPlannedLink, IPlannedTable } from '../api/types';

/** A link and the table that it leads to. */
export interface IBranch {
  planned: IPlannedLink;
  /** The table at its far end. */
  table: string;
  /** What the table would have, null when unknown or when it is not in the set. */
  rows: number | null;
  /** Whether the table is shown further up with its own links, or is the root. */
  isKnown: boolean;
  branches: readonly IBranch[];
}

/** The links of a plan from `root` on: those of a table once, nearest to the root. */
export function branchesOf(
  root: string,
  tables: readonly IPlannedTable[],
  links: readonly IPlannedLink[]
): readonly IBranch[] {
  const rows = new Map(tables.map(one => [one.table, one.rows]));
  const left = new Set(links);
  const known = new Set([root]);
  const grow = (table: string): IBranch[] => {
    const own = [...left].filter(one => nearOf(one) === table);
    own.forEach(one => left.delete(one));
    const grown = own.map(planned => {
      const far = farOf(planned);
      const isKnown = known.has(far);
      known.add(far);
      return { planned, table: far, rows: rows.get(far) ?? null, isKnown };
    });
    // Siblings first: a table is shown in full where it is nearest.
    return grown.map(one => ({
      ...one,
      branches: one.isKnown ? [] : grow(one.table)
    }));
  };
  return grow(root);
}

function nearOf({ link, direction }: IPlannedLink): string {
  return direction === 'parent' ? link.child : link.parent;
}

function farOf({ link, direction }: IPlannedLink): string {
  return direction === 'parent' ? link.parent : link.child;
}
