/** A passport as the server gives it, for tests. */

import type { Passport, PassportCell } from '../../api/types';

export function cell(change: Partial<PassportCell> = {}): PassportCell {
  return {
    cell: 'one',
    position: 1,
    title: 'df = hw.load("sales.orders")',
    seq: 1,
    status: 'ok',
    changed: false,
    reads: [
      {
        cell: 'one',
        position: 1,
        dataset: 'sales.orders',
        version: 'v1',
        rows: 1200,
        columns: null,
        floating: false,
        tag: null
      }
    ],
    writes: [],
    ...change
  };
}

export function passport(change: Partial<Passport> = {}): Passport {
  return {
    path: 'n.ipynb',
    notebook: '0192f1c0-0000-7000-8000-000000000001',
    badge: 'stamped',
    sentence: 'These results rest on sales.orders v1 (1,200 rows, 24 Nov).',
    stamp: '0192f1c0-0000-8000-8000-000000000002',
    created: '2026-01-01T00:00:00.000Z',
    actor: 'ada',
    actor_source: 'request',
    key_id: 'abcdef0123456789ff',
    linear: true,
    verdict: 'valid',
    changes: [],
    pins: [],
    cells: [cell()],
    environment: { python: '3.11.7', packagesDigest: 'f'.repeat(64) },
    git: { commit: 'c0ffee'.repeat(7), dirty: true },
    notes: [],
    ...change
  };
}
