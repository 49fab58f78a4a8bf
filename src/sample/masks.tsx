/** What is done to each column, as shapes before and after. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IPlannedTable, MaskProposal, SamplePlan } from '../api/types';

export interface IMasksProps {
  plan: SamplePlan;
  /** The masks that were chosen, by `column` of the root or `schema.table.column`. */
  chosen: Readonly<Record<string, string>>;
  isPlanning: boolean;
  trans: TranslationBundle;
  onChange: (masks: Record<string, string>) => void;
}

/** A column of a table of the set, by the name that a request gives it. */
interface IMasked {
  name: string;
  mask: MaskProposal;
}

interface IMaskedTable {
  table: string;
  columns: readonly IMasked[];
}

/** The columns of each table of a plan, the root's first. */
export function maskedTables(plan: SamplePlan): readonly IMaskedTable[] {
  const others = (plan.tables ?? []).filter(one => !one.root);
  return [
    {
      table: plan.table,
      columns: plan.masks.map(mask => ({ name: mask.column, mask }))
    },
    ...others.map(({ table, masks }: IPlannedTable) => ({
      table,
      columns: masks.map(mask => ({ name: `${table}.${mask.column}`, mask }))
    }))
  ];
}

/** How many columns of how many are masked. */
export function countMasked(
  plan: SamplePlan,
  chosen: Readonly<Record<string, string>>
): { masked: number; columns: number } {
  const all = maskedTables(plan).flatMap(one => one.columns);
  const masked = all.filter(
    ({ name, mask }) => (chosen[name] ?? mask.mask) !== 'keep'
  ).length;
  return { masked, columns: all.length };
}

export function Masks(props: IMasksProps): JSX.Element {
  const { plan, chosen, trans } = props;
  const tables = maskedTables(plan);
  return (
    <div
      className="jp-Headwater-sample-pane"
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
        {tables.map(({ table, columns }) => (
          <tbody key={table}>
            {tables.length > 1 && (
              <tr className="jp-Headwater-sample-group">
                <th scope="rowgroup" colSpan={6}>
                  {table}
                </th>
              </tr>
            )}
            {columns.map(({ name, mask }) => (
              <MaskRow
                key={name}
                name={name}
                mask={mask}
                chosen={chosen[name] ?? mask.mask}
                trans={trans}
                onMask={other => props.onChange({ ...chosen, [name]: other })}
              />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function MaskRow(props: {
  name: string;
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
    <tr data-column={props.name}>
      <th scope="row">{mask.column}</th>
      <td>
        <code>{mask.type}</code>
      </td>
      <td>
        <select
          className="jp-Headwater-select"
          aria-label={trans.__('Mask of %1', props.name)}
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
