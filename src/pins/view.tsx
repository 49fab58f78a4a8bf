/** What the notebook in front is pinned to. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { PinStatus, VersionPage } from '../api/types';
import { formatDay } from '../ui/format';
import { Icon, IconButton } from '../ui/icons';
import { KindBadge } from '../ui/kind';
import {
  EmptyState,
  ErrorState,
  FailureNotice,
  type IFailure,
  Skeleton
} from '../ui/states';
import { Age } from '../ui/time';
import { VersionChoice } from './version-choice';

export interface IPinsViewProps {
  notebook: string | null;
  pins: readonly PinStatus[] | null;
  failure: IFailure | null;
  notice: IFailure | null;
  canUndo: boolean;
  trans: TranslationBundle;
  onOpen: (dataset: string, version?: string) => void;
  onChange: (dataset: string, version: string | null) => void;
  onUnpin: (dataset: string) => void;
  /** Draw the pinned sample again. */
  onRefresh: (dataset: string, version: string) => void;
  onExplain: (dataset: string, reason: string) => void;
  onUndo: () => void;
  onDismiss: () => void;
  onRetry: () => void;
  onBrowse: () => void;
  /** A row has the keyboard or the menu now: commands without arguments mean its dataset. */
  onSelect: (dataset: string) => void;
  loadVersions: (dataset: string, cursor?: string) => Promise<VersionPage>;
}

export function PinsView(props: IPinsViewProps): JSX.Element {
  const { trans } = props;
  return (
    <div className="jp-Headwater-pins">
      <div className="jp-Headwater-header">
        <h2>{props.notebook ?? trans.__('Pins')}</h2>
        <IconButton
          icon="undo"
          label={trans.__('Undo the last change of a pin')}
          disabled={!props.canUndo}
          onClick={props.onUndo}
        />
      </div>
      <FailureNotice
        failure={props.notice}
        dismissLabel={trans.__('Dismiss')}
        onDismiss={props.onDismiss}
      />
      <PinsBody {...props} />
    </div>
  );
}

function PinsBody(props: IPinsViewProps): JSX.Element {
  const { trans, pins } = props;
  if (props.notebook === null) {
    return (
      <EmptyState title={trans.__('No notebook is in front')}>
        <p>{trans.__('Open a notebook to see which data it is held to.')}</p>
      </EmptyState>
    );
  }
  if (props.failure && pins === null) {
    return (
      <ErrorState
        failure={props.failure}
        onRetry={props.onRetry}
        trans={trans}
      />
    );
  }
  if (pins === null) {
    return <Skeleton rows={4} label={trans.__('Loading pins')} />;
  }
  if (pins.length === 0) {
    return (
      <EmptyState title={trans.__('Nothing is pinned yet')}>
        <p>
          {trans.__(
            'The first hw.load() of a dataset pins its newest version here, so that this notebook reads the same rows tomorrow.'
          )}
        </p>
        <button
          type="button"
          className="jp-Headwater-button"
          onClick={props.onBrowse}
        >
          {trans.__('Browse datasets')}
        </button>
      </EmptyState>
    );
  }
  return (
    <ul
      className="jp-Headwater-pins-list"
      aria-label={trans.__('Pins of %1', props.notebook)}
    >
      {pins.map(status => (
        <PinRow key={status.dataset} status={status} {...props} />
      ))}
    </ul>
  );
}

function PinRow(props: IPinsViewProps & { status: PinStatus }): JSX.Element {
  const { status, trans, onOpen } = props;
  const { dataset, pin, pinned, newest } = status;
  const kind = pinned ?? newest;
  return (
    <li
      className="jp-Headwater-pin"
      data-state={status.state}
      data-dataset={dataset}
      onFocus={() => props.onSelect(dataset)}
      onContextMenu={() => props.onSelect(dataset)}
    >
      <div className="jp-Headwater-pin-title">
        <button
          type="button"
          className="jp-Headwater-link"
          title={trans.__('Open %1', dataset)}
          onClick={() => onOpen(dataset, pin?.version)}
        >
          {dataset}
        </button>
        {kind && (
          <KindBadge kind={kind.kind} restsOn={kind.rests_on} trans={trans} />
        )}
        <StateText status={status} trans={trans} />
        {pin && (
          <IconButton
            icon="close"
            label={trans.__('Unpin %1', dataset)}
            onClick={() => props.onUnpin(dataset)}
          />
        )}
      </div>
      <div className="jp-Headwater-pin-version">
        {pin ? <VersionChoice {...props} version={pin.version} /> : null}
        {offersNewest(status) && newest && (
          <button
            type="button"
            className="jp-Headwater-button"
            title={trans.__('Hold this notebook to %1', newest.version)}
            aria-label={trans.__(
              'Upgrade to %1 of %2',
              newest.version,
              dataset
            )}
            onClick={() => props.onChange(dataset, newest.version)}
          >
            <Icon name="upgrade" />
            {trans.__('Upgrade to %1', newest.version)}
          </button>
        )}
        {pin && pinned?.kind === 'sample' && (
          <IconButton
            icon="refresh"
            label={trans.__('Refresh the sample %1', dataset)}
            onClick={() => props.onRefresh(dataset, pin.version)}
          />
        )}
        {!pin && newest && (
          <button
            type="button"
            className="jp-Headwater-button"
            aria-label={trans.__('Pin %1 of %2', newest.version, dataset)}
            onClick={() => props.onChange(dataset, newest.version)}
          >
            <Icon name="pin" />
            {trans.__('Pin %1', newest.version)}
          </button>
        )}
      </div>
      {pinned && (
        <p className="jp-Headwater-pin-message">
          {pinned.message && (
            <span title={pinned.message}>{pinned.message} · </span>
          )}
          <Age at={pinned.created} />
        </p>
      )}
      {status.state === 'missing' && (
        <p className="jp-Headwater-pin-message jp-mod-error">
          {trans.__(
            'This version is not in this home. hw.load() refuses it; choose another version, or import the one that is missing.'
          )}
        </p>
      )}
      {status.state === 'erased' && pinned?.erased && (
        <p className="jp-Headwater-pin-message jp-mod-error">
          {trans.__(
            'Its rows were erased by %1: %2 hw.load() refuses it.',
            pinned.erased.by,
            pinned.erased.reason
          )}
        </p>
      )}
      {pinned?.expires && (
        <p className="jp-Headwater-pin-message">
          {trans.__(
            'A sample: erased on %1, pinned or not.',
            formatDay(pinned.expires)
          )}
        </p>
      )}
      {!pin && (
        <p className="jp-Headwater-pin-message">
          {trans.__(
            'Cells read it by an explicit version or past the pins; it may change between runs.'
          )}
        </p>
      )}
      {pin && <Reason {...props} reason={pin.reason} />}
    </li>
  );
}

/** Whether the newest version is one to go on with. */
function offersNewest(status: PinStatus): boolean {
  return (
    status.behind > 0 &&
    (status.state === 'behind' || status.state === 'erased') &&
    !status.newest?.erased
  );
}

function StateText(props: {
  status: PinStatus;
  trans: TranslationBundle;
}): JSX.Element {
  const { status, trans } = props;
  const words: Record<PinStatus['state'], string> = {
    current: trans.__('current'),
    behind: trans.__('%1 behind', status.behind),
    missing: trans.__('missing'),
    recalled: trans.__('recalled'),
    floating: trans.__('floating'),
    erased: trans.__('erased')
  };
  const warns = status.state !== 'current' && status.state !== 'behind';
  return (
    <span className="jp-Headwater-pin-state">
      {warns && <Icon name="warning" />}
      {words[status.state]}
    </span>
  );
}

function Reason(
  props: IPinsViewProps & { status: PinStatus; reason: string }
): JSX.Element {
  const { status, reason, trans, onExplain } = props;
  const [text, setText] = React.useState(reason);
  React.useEffect(() => setText(reason), [reason]);
  const keep = (): void => {
    if (text.trim() !== reason) {
      onExplain(status.dataset, text.trim());
    }
  };
  return (
    <input
      className="jp-Headwater-pin-reason"
      type="text"
      value={text}
      placeholder={trans.__('Why this version?')}
      aria-label={trans.__('Reason for the pin of %1', status.dataset)}
      maxLength={500}
      onChange={event => setText(event.target.value)}
      onBlur={keep}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          event.currentTarget.blur();
        } else if (event.key === 'Escape') {
          setText(reason);
        }
      }}
    />
  );
}
