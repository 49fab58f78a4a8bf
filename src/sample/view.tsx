/** The second click: rows, seed, name, and the mask of each column. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { MaskProposal, SamplePlan } from '../api/types';
import { DATASET_PATTERN } from '../ui/dataset-name';
import { formatNumber } from '../ui/format';
import {
  ErrorState,
  FailureNotice,
  type IFailure,
  Skeleton
} from '../ui/states';
import type { ISampleForm, SampleFaults } from './form';

export interface ISampleViewProps {
  plan: SamplePlan | null;
  failure: IFailure | null;
  form: ISampleForm;
  faults: SampleFaults;
  isPlanning: boolean;
  trans: TranslationBundle;
  onChange: (change: Partial<ISampleForm>) => void;
  onRetry: () => void;
}

export function SampleView(props: ISampleViewProps): JSX.Element {
  const { plan, form, trans, onChange } = props;
  if (props.failure && plan === null) {
    return (
      <ErrorState
        failure={props.failure}
        onRetry={props.onRetry}
        trans={trans}
      />
    );
  }
  if (plan === null) {
    return <Skeleton rows={8} label={trans.__('Planning the sample')} />;
  }
  return (
    <div className="jp-Headwater jp-Headwater-sample">
      <FailureNotice failure={props.failure} />
      <div className="jp-Headwater-sample-fields">
        <Field label={trans.__('Rows')} fault={props.faults.rows}>
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
          <select className="jp-mod-styled" value={plan.method} disabled>
            <option value="uniform">{trans.__('Uniform, by the key')}</option>
          </select>
        </Field>
        <Field label={trans.__('Seed')} fault={props.faults.seed}>
          <input
            className="jp-mod-styled"
            type="number"
            step={1}
            required
            value={form.seed}
            onChange={event => onChange({ seed: event.target.value })}
          />
        </Field>
        <Field label={trans.__('Dataset')} fault={props.faults.dataset}>
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
      <p className="jp-Headwater-dim">
        {trans.__(
          'The same seed draws the same rows again: each is chosen by a hash of its key (%1). About %2 rows are there.',
          plan.key.join(', '),
          plan.rows_estimate === null ? '?' : formatNumber(plan.rows_estimate)
        )}
      </p>
      {plan.warnings.map(warning => (
        <p key={warning} className="jp-Headwater-notice">
          {warning}
        </p>
      ))}
      <Masks {...props} plan={plan} />
    </div>
  );
}

/** A labelled input, with what is wrong with it below it. */
function Field(props: {
  label: string;
  fault?: string;
  children: React.ReactElement<React.AriaAttributes>;
}): JSX.Element {
  const id = React.useId();
  return (
    <div className="jp-Headwater-sample-field">
      <label>
        {props.label}
        {React.cloneElement(props.children, {
          'aria-invalid': props.fault !== undefined,
          'aria-describedby': props.fault === undefined ? undefined : id
        })}
      </label>
      {props.fault && (
        <p id={id} className="jp-mod-error" role="alert">
          {props.fault}
        </p>
      )}
    </div>
  );
}

function Masks(props: ISampleViewProps & { plan: SamplePlan }): JSX.Element {
  const { plan, form, trans, onChange } = props;
  const masked = plan.masks.filter(
    mask => (form.masks[mask.column] ?? mask.mask) !== 'keep'
  ).length;
  return (
    <>
      <h3>
        {trans._n(
          '%1 of %2 columns is masked',
          '%1 of %2 columns are masked',
          masked,
          plan.masks.length
        )}{' '}
        <span className="jp-Headwater-dim" role="status">
          {props.isPlanning && trans.__('Looking at the table…')}
        </span>
      </h3>
      <div
        className="jp-Headwater-sample-masks"
        aria-busy={props.isPlanning}
        tabIndex={0}
        role="region"
        aria-label={trans.__('Masks')}
      >
        <table className="jp-Headwater-grid">
          <thead>
            <tr>
              <th scope="col">{trans.__('Column')}</th>
              <th scope="col">{trans.__('Type')}</th>
              <th scope="col">{trans.__('Mask')}</th>
              <th scope="col">{trans.__('Shape before')}</th>
              <th scope="col">{trans.__('Shape after')}</th>
              <th scope="col">{trans.__('Why')}</th>
            </tr>
          </thead>
          <tbody>
            {plan.masks.map(mask => (
              <MaskRow
                key={mask.column}
                mask={mask}
                chosen={form.masks[mask.column] ?? mask.mask}
                trans={trans}
                onMask={name =>
                  onChange({ masks: { ...form.masks, [mask.column]: name } })
                }
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function MaskRow(props: {
  mask: MaskProposal;
  chosen: string;
  trans: TranslationBundle;
  onMask: (name: string) => void;
}): JSX.Element {
  const { mask, chosen, trans } = props;
  const names = mask.offered?.includes(chosen)
    ? mask.offered
    : [chosen, ...(mask.offered ?? [])];
  return (
    <tr data-column={mask.column}>
      <th scope="row">{mask.column}</th>
      <td>
        <code>{mask.type}</code>
      </td>
      <td>
        <select
          className="jp-Headwater-select"
          aria-label={trans.__('Mask of %1', mask.column)}
          value={chosen}
          disabled={mask.locked}
          onChange={event => props.onMask(event.target.value)}
        >
          {names.map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </td>
      <td>
        <code>{mask.before_shape}</code>
      </td>
      <td>
        {chosen === 'drop' ? (
          <span className="jp-Headwater-dim">{trans.__('left out')}</span>
        ) : (
          <code>{chosen === mask.mask ? mask.after_shape : '…'}</code>
        )}
      </td>
      <td className="jp-Headwater-reason">{mask.reason}</td>
    </tr>
  );
}
