/** The tables that come along: a tree of foreign keys from the root, each followed or not, with what it adds. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IPlannedLink, Link, SamplePlan } from '../api/types';
import { formatNumber } from '../ui/format';
import type { ISampleForm } from './form';
import { branchesOf, type IBranch } from './graph';

export interface IRelatedProps {
  plan: SamplePlan;
  form: ISampleForm;
  isPlanning: boolean;
  trans: TranslationBundle;
  onChange: (change: Partial<ISampleForm>) => void;
}

export function Related(props: IRelatedProps): JSX.Element {
  const { plan, form, trans, onChange } = props;
  const tables = plan.tables ?? [];
  const branches = branchesOf(plan.table, tables, plan.links ?? []);
  const root = tables.find(one => one.root)?.rows ?? plan.rows;
  return (
    <div
      className="jp-Headwater-sample-pane"
      aria-busy={props.isPlanning}
      tabIndex={0}
      role="region"
      aria-label={trans.__('Related tables')}
    >
      <label className="jp-Headwater-sample-switch">
        <input
          type="checkbox"
          checked={form.related}
          onChange={event => onChange({ related: event.target.checked })}
        />
        {trans.__('Also draw the rows of other tables that foreign keys need')}
      </label>
      {form.related && (
        <>
          <div className="jp-Headwater-sample-node">
            <b>{plan.table}</b>
            <span className="jp-Headwater-dim">{trans.__('root')}</span>
            <Rows rows={root} trans={trans} />
          </div>
          <Branches {...props} branches={branches} />
          {branches.length === 0 && !props.isPlanning && (
            <p className="jp-Headwater-dim">
              {trans.__('No foreign key leads from or to this table.')}
            </p>
          )}
          <Suggestions {...props} />
          {tables.flatMap(one =>
            one.warnings.map(warning => (
              <p
                key={`${one.table} ${warning}`}
                className="jp-Headwater-notice"
              >
                {one.table}: {warning}
              </p>
            ))
          )}
        </>
      )}
    </div>
  );
}

function Branches(
  props: IRelatedProps & { branches: readonly IBranch[] }
): JSX.Element | null {
  if (props.branches.length === 0) {
    return null;
  }
  return (
    <ul className="jp-Headwater-sample-branches">
      {props.branches.map(branch => (
        <li key={branch.planned.name + branch.planned.direction}>
          <Branch {...props} branch={branch} />
          <Branches {...props} branches={branch.branches} />
        </li>
      ))}
    </ul>
  );
}

function Branch(props: IRelatedProps & { branch: IBranch }): JSX.Element {
  const { branch, form, trans, onChange } = props;
  const { planned, table } = branch;
  const isParent = planned.direction === 'parent';
  const followed = isFollowed(planned, form);
  const id = React.useId();
  return (
    <div
      className="jp-Headwater-sample-node"
      data-link={planned.name}
      data-followed={followed}
    >
      <label>
        <input
          type="checkbox"
          checked={followed}
          disabled={isParent && !planned.can_cut}
          aria-describedby={id}
          onChange={event =>
            onChange(withLink(planned, form, event.target.checked))
          }
        />
        {table}
      </label>
      <span id={id} className="jp-Headwater-dim" title={planned.name}>
        {wordsOf(planned, followed, trans)}
        {branch.isKnown && ` · ${trans.__('shown above')}`}
        {planned.reason && ` · ${planned.reason}`}
      </span>
      <Rows
        rows={followed ? (planned.rows ?? branch.rows) : planned.rows}
        adds
        isOff={!followed}
        trans={trans}
      />
    </div>
  );
}

/** Rows of a table, or those that a link adds; of one that is not followed, what it would add. */
function Rows(props: {
  rows: number | null;
  adds?: boolean;
  isOff?: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { rows, trans } = props;
  const number = rows === null ? '?' : formatNumber(rows);
  return (
    <span
      className={`jp-Headwater-number ${props.isOff ? 'jp-Headwater-dim' : ''}`}
    >
      {props.adds
        ? props.isOff
          ? trans.__('would add %1', number)
          : `+${number}`
        : trans.__('%1 rows', number)}
    </span>
  );
}

/** Keys that the schema does not declare: a person says whether they are meant. */
function Suggestions(props: IRelatedProps): JSX.Element | null {
  const { plan, form, trans, onChange } = props;
  const suggested = plan.suggested ?? [];
  const known = new Set(form.links.map(nameOf));
  const offered = [
    ...form.links,
    ...suggested.filter(one => !known.has(nameOf(one)))
  ];
  if (offered.length === 0) {
    return null;
  }
  return (
    <fieldset className="jp-Headwater-sample-suggested">
      <legend>
        {trans.__(
          'Keys that the schema does not declare. Confirm those that are meant.'
        )}
      </legend>
      {offered.map(link => (
        <label key={nameOf(link)} className="jp-Headwater-sample-switch">
          <input
            type="checkbox"
            checked={known.has(nameOf(link))}
            onChange={event =>
              onChange({
                links: event.target.checked
                  ? [...form.links, { ...link, declared: false }]
                  : form.links.filter(one => nameOf(one) !== nameOf(link))
              })
            }
          />
          {nameOf(link)}
        </label>
      ))}
    </fieldset>
  );
}

/** Whether the form means a link to be followed; what it does not speak of, is as planned. */
function isFollowed(planned: IPlannedLink, form: ISampleForm): boolean {
  return planned.direction === 'child'
    ? form.children.includes(planned.name)
    : !form.cut.includes(planned.name);
}

function withLink(
  planned: IPlannedLink,
  form: ISampleForm,
  follow: boolean
): Partial<ISampleForm> {
  const { name, direction } = planned;
  const without = (names: readonly string[]): string[] =>
    names.filter(one => one !== name);
  return direction === 'child'
    ? { children: follow ? [...form.children, name] : without(form.children) }
    : { cut: follow ? without(form.cut) : [...form.cut, name] };
}

function wordsOf(
  { link, direction, can_cut }: IPlannedLink,
  followed: boolean,
  trans: TranslationBundle
): string {
  const columns = link.columns.join(', ');
  if (direction === 'child') {
    return trans.__('its rows that point here by %1', columns);
  }
  if (!followed) {
    return trans.__('cut: %1 becomes null', columns);
  }
  return can_cut
    ? trans.__('by %1, which may be null', columns)
    : trans.__('needed by %1', columns);
}

/** As the server names a link (`Link.name`). */
function nameOf(link: Link): string {
  return `${link.child}(${link.columns.join(', ')}) -> ${link.parent}(${link.parent_columns.join(', ')})`;
}
