/** A filter of rows: built of a column, a comparison and a value, or written in the filter language. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Column } from '../api/types';
import { condition, OPERATORS, type Operator } from './condition';

export function FilterBar(props: {
  columns: readonly Column[];
  where: string;
  trans: TranslationBundle;
  onFilter: (where: string) => void;
}): JSX.Element {
  const { columns, where, trans, onFilter } = props;
  const [column, setColumn] = React.useState(columns[0]?.name ?? '');
  const [operator, setOperator] = React.useState<Operator>('=');
  const [value, setValue] = React.useState('');
  const chosen = columns.find(one => one.name === column);
  const needsValue = operator !== 'is null' && operator !== 'is not null';
  const apply = (event: React.FormEvent): void => {
    event.preventDefault();
    if (chosen && (!needsValue || value !== '')) {
      onFilter(condition(chosen, operator, value));
    }
  };
  return (
    <form className="jp-Headwater-filter" onSubmit={apply}>
      <select
        className="jp-Headwater-select"
        aria-label={trans.__('Column to filter by')}
        value={column}
        onChange={event => setColumn(event.target.value)}
      >
        {columns.map(one => (
          <option key={one.name} value={one.name}>
            {one.name}
          </option>
        ))}
      </select>
      <select
        className="jp-Headwater-select"
        aria-label={trans.__('Comparison')}
        value={operator}
        onChange={event => setOperator(event.target.value as Operator)}
      >
        {OPERATORS.map(one => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      {needsValue && (
        <input
          type="text"
          value={value}
          aria-label={trans.__('Value')}
          placeholder={trans.__('value')}
          onChange={event => setValue(event.target.value)}
        />
      )}
      <button type="submit" className="jp-Headwater-button">
        {trans.__('Filter')}
      </button>
      {where && (
        <>
          <code title={trans.__('The same text works in hw.load(where=…)')}>
            {where}
          </code>
          <button
            type="button"
            className="jp-Headwater-link"
            onClick={() => onFilter('')}
          >
            {trans.__('Clear')}
          </button>
        </>
      )}
    </form>
  );
}
