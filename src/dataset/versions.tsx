/** The time line of a dataset, newest first. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { VersionChange } from '../api/types';
import {
  formatBytes,
  formatChange,
  formatDay,
  formatNumber
} from '../ui/format';
import { KindBadge } from '../ui/kind';
import { Skeleton } from '../ui/states';
import { Age } from '../ui/time';
import { TagList } from './tags';

export interface IVersionsProps {
  versions: readonly VersionChange[] | null;
  hasMore: boolean;
  shown: string;
  editable: boolean;
  trans: TranslationBundle;
  onShow: (version: string) => void;
  onPin: (version: string) => void;
  onMore: () => void;
  onTag: (version: string, tag: string) => void;
  onUntag: (version: string, tag: string) => void;
}

export function Versions(props: IVersionsProps): JSX.Element {
  const { versions, trans } = props;
  if (versions === null) {
    return <Skeleton rows={6} label={trans.__('Loading versions')} />;
  }
  return (
    <div className="jp-Headwater-versions">
      <ol aria-label={trans.__('Versions, newest first')}>
        {versions.map(change => (
          <VersionRow key={change.version.version} change={change} {...props} />
        ))}
      </ol>
      {props.hasMore && (
        <button
          type="button"
          className="jp-Headwater-button"
          onClick={props.onMore}
        >
          {trans.__('Show older versions')}
        </button>
      )}
    </div>
  );
}

function VersionRow(
  props: IVersionsProps & { change: VersionChange }
): JSX.Element {
  const { change, trans, shown } = props;
  const { version } = change;
  const current = version.version === shown;
  return (
    <li
      className="jp-Headwater-version"
      aria-current={current}
      data-version={version.version}
    >
      <div className="jp-Headwater-version-title">
        <strong>{version.version}</strong>
        <span className="jp-Headwater-version-message">
          {version.erased ? (
            <span className="jp-mod-error">
              {trans.__('erased: %1', version.erased.reason)}
            </span>
          ) : null}
          {version.message || (
            <span className="jp-Headwater-dim">{trans.__('no message')}</span>
          )}
        </span>
        <KindBadge
          kind={version.kind}
          restsOn={version.rests_on}
          trans={trans}
        />
        <TagList
          tags={version.tags}
          editable={props.editable}
          trans={trans}
          onTag={tag => props.onTag(version.version, tag)}
          onUntag={tag => props.onUntag(version.version, tag)}
        />
      </div>
      <div className="jp-Headwater-version-facts">
        <Age at={version.created} />
        <span>{version.author}</span>
        <span className="jp-Headwater-number">
          {trans.__('%1 rows', formatNumber(version.rows))}
          {change.rows_change !== null && (
            <span className="jp-Headwater-dim">
              {' '}
              ({formatChange(change.rows_change)})
            </span>
          )}
        </span>
        <span className="jp-Headwater-number">
          {formatBytes(version.bytes)}
          {change.bytes_change !== null && (
            <span className="jp-Headwater-dim">
              {' '}
              ({formatSizeChange(change.bytes_change)})
            </span>
          )}
        </span>
        {version.expires && (
          <span className="jp-Headwater-dim">
            {trans.__('expires on %1', formatDay(version.expires))}
          </span>
        )}
        <span className="jp-Headwater-version-actions">
          {current ? (
            <span className="jp-Headwater-dim">{trans.__('shown here')}</span>
          ) : (
            <button
              type="button"
              className="jp-Headwater-link"
              onClick={() => props.onShow(version.version)}
            >
              {trans.__('Show %1', version.version)}
            </button>
          )}
          <button
            type="button"
            className="jp-Headwater-link"
            onClick={() => props.onPin(version.version)}
          >
            {trans.__('Pin %1', version.version)}
          </button>
        </span>
      </div>
    </li>
  );
}

function formatSizeChange(bytes: number): string {
  return `${bytes > 0 ? '+' : bytes < 0 ? '−' : '±'}${formatBytes(Math.abs(bytes))}`;
}
