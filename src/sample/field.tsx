/** A labelled input with what is wrong with it, and a choice of columns. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { IconButton } from '../ui/icons';

/** A labelled input, with what is wrong with it below it. */
export function Field(props: {
  label: string;
  fault?: string;
  /** Takes the width of the row. */
  isWide?: boolean;
  children: React.ReactElement<React.HTMLAttributes<HTMLElement>>;
}): JSX.Element {
  const id = React.useId();
  const fault = `${id}-fault`;
  return (
    <div
      className={`jp-Headwater-sample-field ${props.isWide ? 'jp-mod-wide' : ''}`}
    >
      <label htmlFor={id}>{props.label}</label>
      {React.cloneElement(props.children, {
        id,
        'aria-invalid': props.fault !== undefined,
        'aria-describedby': props.fault === undefined ? undefined : fault
      })}
      {props.fault && (
        <p id={fault} className="jp-mod-error" role="alert">
          {props.fault}
        </p>
      )}
    </div>
  );
}

/** One of the columns, or none yet. */
export function ColumnField(props: {
  label: string;
  fault?: string;
  columns: readonly string[];
  value: string;
  trans: TranslationBundle;
  onChange: (column: string) => void;
}): JSX.Element {
  return (
    <Field label={props.label} fault={props.fault}>
      <select
        className="jp-mod-styled"
        value={props.value}
        onChange={event => props.onChange(event.target.value)}
      >
        <option value="">{props.trans.__('Choose…')}</option>
        <Columns columns={withChosen(props.columns, [props.value])} />
      </select>
    </Field>
  );
}

/** Several of the columns: each chosen one can be taken out, the others added. */
export function ColumnsField(props: {
  label: string;
  fault?: string;
  columns: readonly string[];
  values: readonly string[];
  trans: TranslationBundle;
  onChange: (columns: readonly string[]) => void;
}): JSX.Element {
  const { values, trans, onChange } = props;
  return (
    <div className="jp-Headwater-sample-columns">
      <Field label={props.label} fault={props.fault}>
        <select
          className="jp-mod-styled"
          value=""
          onChange={event => onChange([...values, event.target.value])}
        >
          <option value="">
            {values.length === 0 ? trans.__('Choose…') : trans.__('And…')}
          </option>
          <Columns
            columns={props.columns.filter(one => !values.includes(one))}
          />
        </select>
      </Field>
      <ul className="jp-Headwater-tags">
        {values.map(column => (
          <li key={column} className="jp-Headwater-tag">
            {column}
            <IconButton
              icon="close"
              label={trans.__('Without %1', column)}
              onClick={() => onChange(values.filter(one => one !== column))}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Columns(props: { columns: readonly string[] }): JSX.Element {
  return (
    <>
      {props.columns.map(column => (
        <option key={column} value={column}>
          {column}
        </option>
      ))}
    </>
  );
}

/** A column that a recipe names stays in the list, also when it is not offered any more. */
function withChosen(
  columns: readonly string[],
  chosen: readonly string[]
): string[] {
  const missing = chosen.filter(one => one !== '' && !columns.includes(one));
  return [...missing, ...columns];
}
