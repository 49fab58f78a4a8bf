/** The passport: what a notebook rests on, cell by cell, and whether that still holds. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Passport, PassportCell, VerifyResult } from '../api/types';
import { formatNumber } from '../ui/format';
import { Icon, IconButton } from '../ui/icons';
import {
  EmptyState,
  ErrorState,
  FailureNotice,
  type IFailure,
  Skeleton
} from '../ui/states';
import { Age } from '../ui/time';
import { BADGE_ICONS, badgeMeaning, badgeText } from './badge';
import type { Badge } from './model';

export interface IPassportViewProps {
  notebook: string | null;
  passport: Passport | null;
  badge: Badge;
  failure: IFailure | null;
  verdict: VerifyResult | null;
  isVerifying: boolean;
  trans: TranslationBundle;
  onOpen: (dataset: string, version: string) => void;
  onReveal: (cell: string) => void;
  onVerify: () => void;
  onRetry: () => void;
}

export function PassportView(props: IPassportViewProps): JSX.Element {
  const { trans, passport, badge } = props;
  if (props.notebook === null) {
    return (
      <EmptyState title={trans.__('No notebook is in front')}>
        <p>{trans.__('Open a notebook to see what its results rest on.')}</p>
      </EmptyState>
    );
  }
  if (props.failure && passport === null) {
    return (
      <ErrorState
        failure={props.failure}
        onRetry={props.onRetry}
        trans={trans}
      />
    );
  }
  if (passport === null) {
    return <Skeleton rows={6} label={trans.__('Loading the passport')} />;
  }
  return (
    <div className="jp-Headwater-passport">
      <div className="jp-Headwater-header">
        <h2>{trans.__('Passport of %1', props.notebook)}</h2>
        <IconButton
          icon="refresh"
          label={trans.__('Refresh')}
          onClick={props.onRetry}
        />
      </div>
      <p
        className="jp-Headwater-passport-badge"
        data-badge={badge}
        title={badgeMeaning(badge, trans)}
      >
        <Icon name={BADGE_ICONS[badge]} />
        {badgeText(badge, trans)}
      </p>
      <p className="jp-Headwater-sentence">{passport.sentence}</p>
      {passport.notes.length > 0 && (
        <ul
          className="jp-Headwater-passport-notes"
          aria-label={trans.__('What became of its data')}
        >
          {passport.notes.map(note => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {badge === 'changed' && (
        <p className="jp-Headwater-dim">
          {trans.__('Save the notebook to stamp what it is now.')}
        </p>
      )}
      <FailureNotice failure={props.failure} />
      <div className="jp-Headwater-page-actions">
        <button
          type="button"
          className="jp-Headwater-button"
          disabled={props.isVerifying || passport.stamp === null}
          onClick={props.onVerify}
        >
          {props.isVerifying ? trans.__('Verifying…') : trans.__('Verify')}
        </button>
      </div>
      {props.verdict && <VerdictText {...props} verdict={props.verdict} />}
      {passport.stamp !== null && (
        <>
          <Cells {...props} passport={passport} />
          <Evidence passport={passport} trans={trans} />
        </>
      )}
    </div>
  );
}

function VerdictText(
  props: IPassportViewProps & { verdict: VerifyResult }
): JSX.Element {
  const { verdict, trans } = props;
  const words: Record<VerifyResult['verdict'], string> = {
    valid: trans.__(
      'Valid: the saved file is what was stamped, and the signature is good.'
    ),
    changed: trans.__('Changed: the saved file is not what was stamped.'),
    unsigned: trans.__('The file has no stamp with a signature.'),
    untrusted: trans.__('Signed by a key that this home does not know.'),
    superseded: trans.__('Valid, but a newer stamp of this notebook exists.')
  };
  return (
    <div
      className="jp-Headwater-verdict"
      data-verdict={verdict.verdict}
      role="status"
    >
      <p>{words[verdict.verdict]}</p>
      {verdict.changes.length > 0 && (
        <ul>
          {verdict.changes.map((change, place) => (
            <li key={place}>
              {change.cell ? (
                <button
                  type="button"
                  className="jp-Headwater-link"
                  onClick={() => props.onReveal(change.cell ?? '')}
                >
                  {change.detail}
                </button>
              ) : (
                change.detail
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Cells(
  props: IPassportViewProps & { passport: Passport }
): JSX.Element | null {
  const { passport, trans } = props;
  const [all, setAll] = React.useState(false);
  const used = passport.cells.filter(
    cell => cell.reads.length || cell.writes.length || cell.changed
  );
  const shown = all ? passport.cells : used;
  if (passport.cells.length === 0) {
    return null;
  }
  return (
    <section aria-label={trans.__('Cells')}>
      <h3>{trans.__('Cells')}</h3>
      {!passport.linear && passport.cells.some(cell => cell.seq !== null) && (
        <p className="jp-Headwater-notice">
          <Icon name="warning" />
          {ranInOrder(passport.cells)
            ? trans.__(
                'The cells ran in order, but not in one straight run of a fresh kernel.'
              )
            : trans.__(
                'The cells did not run in the order in which they stand.'
              )}
        </p>
      )}
      <ol className="jp-Headwater-cells">
        {shown.map(cell => (
          <CellRow key={cell.cell} cell={cell} {...props} />
        ))}
      </ol>
      {passport.cells.length > used.length && (
        <button
          type="button"
          className="jp-Headwater-link"
          onClick={() => setAll(!all)}
        >
          {all
            ? trans.__('Only cells that use data')
            : trans._n(
                'Show the other cell',
                'Show the other %1 cells',
                passport.cells.length - used.length
              )}
        </button>
      )}
    </section>
  );
}

/** Whether the newest runs of the cells that ran are in the order in which the cells stand. */
function ranInOrder(cells: readonly PassportCell[]): boolean {
  const places = cells.flatMap(cell => cell.seq ?? []);
  return places.every((place, at) => at === 0 || places[at - 1] < place);
}

function CellRow(
  props: IPassportViewProps & { cell: PassportCell }
): JSX.Element {
  const { cell, trans } = props;
  const states: Record<PassportCell['status'], string> = {
    ok: '',
    error: trans.__('ended with an error'),
    'not-run': trans.__('not run'),
    inherited: trans.__('inherited, not run here')
  };
  return (
    <li data-cell={cell.cell}>
      <div className="jp-Headwater-cells-title">
        <span
          className="jp-Headwater-dim"
          title={
            cell.seq === null ? '' : trans.__('Ran as number %1', cell.seq)
          }
        >
          {cell.seq === null ? '–' : `${cell.seq}.`}
        </span>
        <button
          type="button"
          className="jp-Headwater-link"
          title={trans.__('Show this cell')}
          onClick={() => props.onReveal(cell.cell)}
        >
          <code>{cell.title || trans.__('empty cell')}</code>
        </button>
        {states[cell.status] && (
          <span className="jp-Headwater-dim">{states[cell.status]}</span>
        )}
        {cell.changed && (
          <span className="jp-Headwater-pin-state">{trans.__('changed')}</span>
        )}
      </div>
      {[
        ...cell.reads.map(use => ({ use, verb: trans.__('read') })),
        ...cell.writes.map(use => ({ use, verb: trans.__('wrote') }))
      ].map(({ use, verb }, place) => (
        <p key={place} className="jp-Headwater-use">
          {verb}{' '}
          <button
            type="button"
            className="jp-Headwater-link"
            onClick={() => props.onOpen(use.dataset, use.version)}
          >
            {use.dataset} {use.version}
          </button>
          , {trans._n('%2 row', '%2 rows', use.rows, formatNumber(use.rows))}
          {use.columns && `, ${trans.__('columns %1', use.columns.join(', '))}`}
          {use.floating && (
            <span className="jp-Headwater-pin-state">
              <Icon name="warning" />
              {use.tag
                ? trans.__('floating, by the tag %1', use.tag)
                : trans.__('floating, no pin')}
            </span>
          )}
        </p>
      ))}
    </li>
  );
}

/** What the stamp says of the environment, with a name for what this front end knows; the rest as it is. */
function environmentFacts(
  environment: Passport['environment'],
  trans: TranslationBundle
): [string, React.ReactNode][] {
  const names = new Map([
    ['python', trans.__('Python')],
    ['implementation', trans.__('Implementation')],
    ['platform', trans.__('Platform')],
    ['kernel', trans.__('Kernel')],
    ['packages', trans.__('Packages')],
    ['packagesDigest', trans.__('Their digest')]
  ]);
  const told = Object.keys(environment);
  const known = [...names.keys()].filter(name => told.includes(name));
  const others = told.filter(name => !names.has(name));
  return [...known, ...others].map(name => [
    names.get(name) ?? name,
    name === 'packagesDigest' ? (
      <code key={name} title={String(environment[name])}>
        {String(environment[name]).slice(0, 12)}
      </code>
    ) : (
      String(environment[name])
    )
  ]);
}

function Evidence(props: {
  passport: Passport;
  trans: TranslationBundle;
}): JSX.Element {
  const { passport, trans } = props;
  const sources = new Map([
    ['request', trans.__('signed in')],
    ['session-owner', trans.__('owner of the session')],
    ['os-account', trans.__('account of the system')]
  ]);
  const source = passport.actor_source ?? '';
  const git = passport.git as { commit?: string; dirty?: boolean } | null;
  const facts: [string, React.ReactNode][] = [
    ...environmentFacts(passport.environment, trans),
    [
      trans.__('Git'),
      git?.commit
        ? `${git.commit.slice(0, 12)}${git.dirty ? ` ${trans.__('with changes')}` : ''}`
        : trans.__('not in a repository')
    ],
    [
      trans.__('Stamped by'),
      passport.actor
        ? `${passport.actor} (${sources.get(source) ?? source})`
        : '–'
    ],
    [
      trans.__('Stamped'),
      passport.created ? <Age key="at" at={passport.created} /> : '–'
    ],
    [
      trans.__('Key'),
      passport.key_id ? (
        <code key="key">{passport.key_id.slice(0, 12)}</code>
      ) : (
        '–'
      )
    ]
  ];
  return (
    <section aria-label={trans.__('Evidence')}>
      <h3>{trans.__('Evidence')}</h3>
      <dl>
        {facts.map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
    </section>
  );
}
