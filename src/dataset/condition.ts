/** One comparison as text of the filter language, whatever the column is called and the value says. */

import type { Column } from '../api/types';

export const OPERATORS = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'like',
  'is null',
  'is not null'
] as const;

export type Operator = (typeof OPERATORS)[number];

const NUMBERS = /^(u?int\d+|half_?float|float\d*|double|decimal)/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** `"naïve column" = 'it''s'`: the column always quoted, the value a number only where both are. */
export function condition(
  column: Column,
  operator: Operator,
  value: string
): string {
  const name = `"${column.name.replace(/"/g, '""')}"`;
  if (operator === 'is null' || operator === 'is not null') {
    return `${name} ${operator.toUpperCase()}`;
  }
  if (operator === 'like') {
    const pattern = /[%_]/.test(value) ? value : `%${value}%`;
    return `${name} LIKE ${text(pattern)}`;
  }
  return `${name} ${operator} ${literal(column.type, value)}`;
}

function literal(type: string, value: string): string {
  const plain = value.trim();
  if (NUMBERS.test(type) && NUMBER.test(plain)) {
    return plain;
  }
  if (type === 'bool' && /^(true|false)$/i.test(plain)) {
    return plain.toUpperCase();
  }
  return text(value);
}

function text(value: string): string {
  return `'${value.replace(/'/g, "''")}'`;
}
