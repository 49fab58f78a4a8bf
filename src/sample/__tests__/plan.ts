/** A plan as the server gives it, for tests. */

import type { SamplePlan } from '../../api/types';

export const plan: SamplePlan = {
  source: 'prod',
  table: 'public.bookings',
  dataset: 'prod.bookings',
  rows: 100_000,
  rows_estimate: 1_000_000,
  method: 'uniform',
  seed: 7,
  key: ['booking_id'],
  recipe: 'r',
  masks: [
    {
      column: 'email',
      type: 'text',
      mask: 'email',
      reason: 'its name says email',
      before_shape: 'xxx@xxx',
      after_shape: 'x@example.org',
      locked: false,
      offered: ['email', 'null']
    },
    {
      column: 'company',
      type: 'text',
      mask: 'keep',
      reason: 'set by an administrator',
      before_shape: 'Xxx',
      after_shape: 'Xxx',
      locked: true,
      offered: ['keep']
    }
  ],
  available_masks: ['keep', 'email', 'null'],
  warnings: [],
  estimate: null,
  text: '',
  tables: [],
  links: [],
  suggested: []
};
