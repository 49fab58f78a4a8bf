/** Which field of the form a refusal of the server is about. */

import type { HeadwaterError } from '../api/errors';
import type { SampleRequest } from '../api/types';
import type { SampleField } from './form';

const FIELDS: ReadonlySet<string> = new Set<SampleField>([
  'rows',
  'seed',
  'dataset',
  'by',
  'order',
  'per',
  'start',
  'end',
  'keys',
  'where'
]);

/** The field that `failure` names, else the filter where it can only be that; null for all others. */
export function fieldOf(
  failure: HeadwaterError,
  request: SampleRequest
): SampleField | null {
  const { field } = failure.details;
  if (typeof field === 'string' && FIELDS.has(field)) {
    return field as SampleField;
  }
  const isOfFilter =
    failure.code === 'bad_predicate' ||
    (failure.code === 'column_not_found' && !request.by && !request.order);
  return request.where && isOfFilter ? 'where' : null;
}
