/** What is drawn of the root table: rows, method with its own fields, filter. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { SampleMethod, SamplePlan } from '../api/types';
import { DATASET_PATTERN } from '../ui/dataset-name';
import { ColumnField, ColumnsField, Field } from './field';
import type { ISampleForm, SampleFaults } from './form';
import { METHODS, openColumns, timeColumns, usesOf } from './methods';

export interface IMethodProps {
  plan: SamplePlan;
  form: ISampleForm;
  faults: SampleFaults;
  trans: TranslationBundle;
  onChange: (change: Partial<ISampleForm>) => void;
}

export function MethodFields(props: IMethodProps): JSX.Element {
  const { form, faults, trans, onChange } = props;
  const names = methodNames(trans);
  return (
    <>
      <div className="jp-Headwater-sample-fields">
        <Field label={trans.__('Rows')} fault={faults.rows}>
          <input
            className="jp-mod-styled"
            type="number"
            min={1}
            step={1}
            required
            value={form.rows}
            autoFocus
            onChange={event => onChange({ rows: event.target.value })}
          />
        </Field>
        <Field label={trans.__('Method')}>
          <select
            className="jp-mod-styled"
            value={form.method}
            onChange={event =>
              onChange(turned(props, event.target.value as SampleMethod))
            }
          >
            {METHODS.map(method => (
              <option key={method} value={method}>
                {names[method]}
              </option>
            ))}
          </select>
        </Field>
        <Field label={trans.__('Seed')} fault={faults.seed}>
          <input
            className="jp-mod-styled"
            type="number"
            step={1}
            required
            value={form.seed}
            onChange={event => onChange({ seed: event.target.value })}
          />
        </Field>
        <Field label={trans.__('Pace')}>
          <select
            className="jp-mod-styled"
            value={form.pace}
            title={trans.__(
              'Gentle reads in small pieces with pauses, so that production is not slowed down.'
            )}
            onChange={event =>
              onChange({ pace: event.target.value as ISampleForm['pace'] })
            }
          >
            <option value="gentle">{trans.__('Gentle')}</option>
            <option value="fast">{trans.__('Fast')}</option>
          </select>
        </Field>
        <Field label={trans.__('Dataset')} fault={faults.dataset}>
          <input
            className="jp-mod-styled"
            type="text"
            pattern={DATASET_PATTERN}
            required
            value={form.dataset}
            onChange={event => onChange({ dataset: event.target.value.trim() })}
          />
        </Field>
      </div>
      <OwnFields {...props} />
      <Field label={trans.__('Filter')} fault={faults.where} isWide>
        <input
          className="jp-mod-styled"
          type="text"
          spellCheck={false}
          autoComplete="off"
          placeholder={trans.__(
            "All rows. For example: price > 100 AND status = 'flown'"
          )}
          value={form.where}
          onChange={event => onChange({ where: event.target.value })}
        />
      </Field>
    </>
  );
}

/** The fields that only some methods have. */
function OwnFields(props: IMethodProps): JSX.Element | null {
  const { plan, form, faults, trans, onChange } = props;
  const uses = usesOf(form.method);
  if (Object.keys(uses).length === 0) {
    return null;
  }
  const open = openColumns(plan.masks);
  return (
    <div
      className="jp-Headwater-sample-fields"
      role="group"
      aria-label={trans.__('Its own fields')}
    >
      {uses.by === 'many' && (
        <ColumnsField
          label={trans.__('By the columns')}
          fault={faults.by}
          columns={open}
          values={form.by}
          trans={trans}
          onChange={by => onChange({ by })}
        />
      )}
      {uses.by === 'one' && (
        <ColumnField
          label={trans.__('By the column')}
          fault={faults.by}
          columns={timeColumns(plan.masks)}
          value={form.by[0] ?? ''}
          trans={trans}
          onChange={column => onChange({ by: column ? [column] : [] })}
        />
      )}
      {uses.allocation && (
        <Field label={trans.__('Rows of each')}>
          <select
            className="jp-mod-styled"
            value={form.allocation}
            onChange={event =>
              onChange({
                allocation: event.target.value as ISampleForm['allocation']
              })
            }
          >
            <option value="proportional">
              {trans.__('As in the table, rare ones kept')}
            </option>
            <option value="equal">{trans.__('As many of each')}</option>
          </select>
        </Field>
      )}
      {uses.order && (
        <>
          <ColumnField
            label={trans.__('Largest')}
            fault={faults.order}
            columns={open}
            value={form.order}
            trans={trans}
            onChange={order => onChange({ order })}
          />
          <Field label={trans.__('Rows of each')} fault={faults.per}>
            <input
              className="jp-mod-styled"
              type="number"
              min={1}
              step={1}
              value={form.per}
              onChange={event => onChange({ per: event.target.value })}
            />
          </Field>
        </>
      )}
      {uses.span && (
        <>
          <Field label={trans.__('From')} fault={faults.start}>
            <input
              className="jp-mod-styled"
              type="text"
              placeholder="2013-01-01"
              value={form.start}
              onChange={event => onChange({ start: event.target.value })}
            />
          </Field>
          <Field label={trans.__('Before')} fault={faults.end}>
            <input
              className="jp-mod-styled"
              type="text"
              placeholder="2013-02-01 12:00"
              value={form.end}
              onChange={event => onChange({ end: event.target.value })}
            />
          </Field>
        </>
      )}
      {uses.keys && (
        <Field
          label={trans.__('Keys, one a line: %1', plan.key.join(', '))}
          fault={faults.keys}
          isWide
        >
          <textarea
            className="jp-mod-styled"
            rows={3}
            spellCheck={false}
            value={form.keys}
            onChange={event => onChange({ keys: event.target.value })}
          />
        </Field>
      )}
    </div>
  );
}

/** The form with another method; the first column in time is proposed where one is needed. */
function turned(
  { plan, form }: IMethodProps,
  method: SampleMethod
): Partial<ISampleForm> {
  const isNew = usesOf(method).by !== usesOf(form.method).by;
  const [first] = timeColumns(plan.masks);
  const by = usesOf(method).by === 'one' && first !== undefined ? [first] : [];
  return isNew ? { method, by } : { method };
}

function methodNames(trans: TranslationBundle): Record<SampleMethod, string> {
  return {
    uniform: trans.__('Uniform, by the key'),
    stratified: trans.__('Stratified by columns'),
    newest: trans.__('The newest'),
    window: trans.__('A window of time'),
    top: trans.__('The largest of each group'),
    keys: trans.__('A list of keys'),
    block: trans.__('Whole blocks: quick, rows that lie together'),
    all: trans.__('The whole table')
  };
}
