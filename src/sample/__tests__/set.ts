/** The plan of a set of tables, for tests. */

import type { IPlannedLink, SamplePlan } from '../../api/types';
import { plan } from './plan';

export const CUSTOMER: IPlannedLink = {
  link: {
    child: 'public.bookings',
    columns: ['customer_id'],
    parent: 'public.customers',
    parent_columns: ['customer_id'],
    nullable: false,
    declared: true
  },
  name: 'public.bookings(customer_id) -> public.customers(customer_id)',
  direction: 'parent',
  choice: 'follow',
  rows: 36_812,
  can_cut: false,
  reason: ''
};

export const REFERRER: IPlannedLink = {
  link: {
    child: 'public.customers',
    columns: ['referred_by'],
    parent: 'public.customers',
    parent_columns: ['customer_id'],
    nullable: true,
    declared: true
  },
  name: 'public.customers(referred_by) -> public.customers(customer_id)',
  direction: 'parent',
  choice: 'follow',
  rows: null,
  can_cut: true,
  reason: ''
};

export const PAYMENTS: IPlannedLink = {
  link: {
    child: 'public.payments',
    columns: ['booking_id'],
    parent: 'public.bookings',
    parent_columns: ['booking_id'],
    nullable: false,
    declared: true
  },
  name: 'public.payments(booking_id) -> public.bookings(booking_id)',
  direction: 'child',
  choice: 'skip',
  rows: 9_950,
  can_cut: false,
  reason: ''
};

export const set: SamplePlan = {
  ...plan,
  tables: [
    {
      table: 'public.bookings',
      dataset: 'prod.bookings',
      rows: 100_000,
      root: true,
      masks: plan.masks,
      warnings: []
    },
    {
      table: 'public.customers',
      dataset: 'prod.customers',
      rows: 36_812,
      root: false,
      masks: [{ ...plan.masks[0], column: 'email' }],
      warnings: []
    }
  ],
  links: [CUSTOMER, REFERRER, PAYMENTS],
  suggested: [
    {
      child: 'public.bookings',
      columns: ['flight_no'],
      parent: 'public.flights',
      parent_columns: ['no'],
      nullable: false,
      declared: false
    }
  ],
  estimate: {
    rows: 136_812,
    bytes: 24_000_000,
    seconds: 95,
    cost: 1,
    touches: 'reads 12 % of the table',
    limit: 'at most 10 min'
  },
  text: '{"source": "prod"}'
};
