/** The proof sheet of a sample: what was drawn, what was done to each column, and what was checked of it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IProof, IProofColumn } from '../api/types';
import { formatNumber } from '../ui/format';
import { Icon } from '../ui/icons';
import { ErrorState, type IFailure, Skeleton } from '../ui/states';

export interface IProofSheetProps {
  /** Null while it is on its way. */
  proof: IProof | null;
  failure: IFailure | null;
  trans: TranslationBundle;
  onRetry: () => void;
}

export function ProofSheet(props: IProofSheetProps): JSX.Element {
  const { proof, trans } = props;
  if (props.failure) {
    return (
      <ErrorState
        failure={props.failure}
        onRetry={props.onRetry}
        trans={trans}
      />
    );
  }
  if (proof === null) {
    return <Skeleton rows={10} label={trans.__('Loading the proof sheet')} />;
  }
  return (
    <div
      className="jp-Headwater-sheet"
      tabIndex={0}
      role="region"
      aria-label={trans.__('Proof sheet')}
    >
      <Checks proof={proof} trans={trans} />
      {proof.notes.map(note => (
        <p key={note} className="jp-Headwater-notice">
          {note}
        </p>
      ))}
      <table className="jp-Headwater-grid">
        <thead>
          <tr>
            <th scope="col">{trans.__('Column')}</th>
            <th scope="col">{trans.__('Mask')}</th>
            <th scope="col">{trans.__('Key')}</th>
            <th scope="col" className="jp-Headwater-number">
              {trans.__('Distance')}
            </th>
            <th scope="col">{trans.__('Why')}</th>
          </tr>
        </thead>
        <tbody>
          {proof.columns.map(column => (
            <ColumnRow key={column.column} column={column} trans={trans} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What was asked, drawn and checked, each with its verdict. */
function Checks(props: {
  proof: IProof;
  trans: TranslationBundle;
}): JSX.Element {
  const { proof, trans } = props;
  const { k_anonymity: anonymity, canaries } = proof;
  const broken = proof.unique.filter(one => !one.kept);
  return (
    <dl>
      <dt>{trans.__('Drawn')}</dt>
      <dd>
        {proof.total === null
          ? trans.__(
              '%1 rows of %2 %3; %4 were asked for',
              formatNumber(proof.drawn),
              proof.source,
              proof.table,
              formatNumber(proof.asked)
            )
          : trans.__(
              '%1 of %2 rows of %3 %4; %5 were asked for',
              formatNumber(proof.drawn),
              formatNumber(proof.total),
              proof.source,
              proof.table,
              formatNumber(proof.asked)
            )}
      </dd>
      <dt>{trans.__('Orphans')}</dt>
      <Verdict isGood={proof.orphans === 0} trans={trans}>
        {formatNumber(proof.orphans)}
      </Verdict>
      {proof.unique.length > 0 && (
        <>
          <dt>{trans.__('Unique')}</dt>
          <Verdict isGood={broken.length === 0} trans={trans}>
            {broken.length === 0
              ? trans.__(
                  'kept: %1',
                  proof.unique.map(one => one.columns.join(' + ')).join(', ')
                )
              : trans.__(
                  'not kept: %1',
                  broken.map(one => one.columns.join(' + ')).join(', ')
                )}
          </Verdict>
        </>
      )}
      {anonymity && (
        <>
          <dt>{trans.__('k-anonymity')}</dt>
          <dd>
            {trans.__(
              '%1 over %2; %3 rows in smaller groups',
              formatNumber(anonymity.k),
              anonymity.columns.join(', '),
              formatNumber(anonymity.rows_below)
            )}
          </dd>
        </>
      )}
      <dt>{trans.__('Canaries')}</dt>
      <Verdict isGood={canaries.found === 0} trans={trans}>
        {canaries.planted === 0
          ? trans.__('no value was looked for')
          : trans.__(
              '%1 found of %2 values looked for',
              formatNumber(canaries.found),
              formatNumber(canaries.planted)
            )}
      </Verdict>
      <dt>{trans.__('Recipe')}</dt>
      <dd>
        <code title={proof.recipe}>{proof.recipe.slice(0, 16)}</code>
      </dd>
    </dl>
  );
}

function Verdict(props: {
  isGood: boolean;
  trans: TranslationBundle;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <dd className={props.isGood ? '' : 'jp-mod-error'}>
      <Icon name={props.isGood ? 'check' : 'warning'} />{' '}
      {!props.isGood && (
        <span className="jp-Headwater-hidden">{props.trans.__('Wrong:')}</span>
      )}
      {props.children}
    </dd>
  );
}

function ColumnRow(props: {
  column: IProofColumn;
  trans: TranslationBundle;
}): JSX.Element {
  const { column, trans } = props;
  const { distance, confidence, lost } = column;
  const key = [column.domain, column.key_id].filter(Boolean).join(' ');
  const reasons = [
    column.reason,
    ...(confidence === null
      ? []
      : [trans.__('%1 % sure', Math.round(100 * confidence))]),
    ...(lost ? [trans.__('lost: %1', String(lost))] : [])
  ];
  return (
    <tr data-column={column.column}>
      <th scope="row">{column.column}</th>
      <td>{column.mask}</td>
      <td>
        <code>{key}</code>
      </td>
      <td className="jp-Headwater-number" title={column.distance_by}>
        {distance === null ? '–' : distance.toFixed(3)}
      </td>
      <td className="jp-Headwater-reason">
        {reasons.filter(Boolean).join(' · ')}
      </td>
    </tr>
  );
}
