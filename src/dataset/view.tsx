/** A dataset in the main area: what it is, and four tabs about the version shown. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Dataset, Version } from '../api/types';
import { formatNumber } from '../ui/format';
import { Icon, type IconName } from '../ui/icons';
import { KindBadge } from '../ui/kind';
import {
  ErrorState,
  FailureNotice,
  type IFailure,
  Skeleton
} from '../ui/states';
import { type ITab, TabPanel, Tabs } from '../ui/tabs';
import { Age } from '../ui/time';
import type { DatasetTab } from './model';

export interface IDatasetViewProps {
  name: string;
  dataset: Dataset | null;
  version: Version | null;
  newer: Version | null;
  failure: IFailure | null;
  notice: IFailure | null;
  tab: DatasetTab;
  /** Whether the version shown has a tab. */
  hasTab: (tab: DatasetTab) => boolean;
  /** The content of the tab in front. */
  children: React.ReactNode;
  /** Prefix of element ids, unique on the page. */
  idPrefix: string;
  trans: TranslationBundle;
  onTab: (tab: DatasetTab) => void;
  onShow: (version: string) => void;
  onInsert: () => void;
  onPin: () => void;
  onCopy: () => void;
  /** Draw the sample again; null where it is none. */
  onRefresh: (() => void) | null;
  onRetry: () => void;
  onDismiss: () => void;
}

export function DatasetView(props: IDatasetViewProps): JSX.Element {
  const { trans, dataset, version, newer, idPrefix } = props;
  if (props.failure) {
    return (
      <ErrorState
        failure={props.failure}
        onRetry={props.onRetry}
        trans={trans}
      />
    );
  }
  return (
    <article className="jp-Headwater-page" aria-label={props.name}>
      <div className="jp-Headwater-page-header">
        <h1>
          {props.name}
          {version && (
            <KindBadge
              kind={version.kind}
              restsOn={version.rests_on}
              trans={trans}
            />
          )}
        </h1>
        {version && (
          <p className="jp-Headwater-page-facts">
            <strong>{version.version}</strong>
            <Age at={version.created} />
            <span>
              {trans._n(
                '%2 row',
                '%2 rows',
                version.rows,
                formatNumber(version.rows)
              )}
            </span>
          </p>
        )}
        <div className="jp-Headwater-page-actions">
          <Action
            icon="insert"
            label={trans.__('Insert load cell')}
            onClick={props.onInsert}
          />
          <Action
            icon="pin"
            label={trans.__('Pin to notebook')}
            onClick={props.onPin}
          />
          <Action
            icon="copy"
            label={trans.__('Copy name')}
            onClick={props.onCopy}
          />
          {props.onRefresh && (
            <Action
              icon="refresh"
              label={trans.__('Refresh sample')}
              onClick={props.onRefresh}
            />
          )}
        </div>
      </div>
      {newer && (
        <p className="jp-Headwater-notice" role="status">
          <span>{trans.__('%1 is newer.', newer.version)}</span>
          <button
            type="button"
            className="jp-Headwater-link"
            onClick={() => props.onShow(newer.version)}
          >
            {trans.__('Show %1', newer.version)}
          </button>
        </p>
      )}
      <FailureNotice
        failure={props.notice}
        dismissLabel={trans.__('Dismiss')}
        onDismiss={props.onDismiss}
      />
      <Tabs
        tabs={[
          { id: 'overview', label: trans.__('Overview') },
          { id: 'columns', label: trans.__('Columns') },
          { id: 'preview', label: trans.__('Preview') },
          { id: 'versions', label: trans.__('Versions') },
          { id: 'changes', label: trans.__('Changes') },
          { id: 'proof', label: trans.__('Proof') }
        ].filter((tab): tab is ITab<DatasetTab> =>
          props.hasTab(tab.id as DatasetTab)
        )}
        current={props.tab}
        label={trans.__('About %1', props.name)}
        idPrefix={idPrefix}
        onChange={props.onTab}
      />
      <TabPanel id={props.tab} idPrefix={idPrefix}>
        {dataset && version ? (
          props.children
        ) : (
          <Skeleton rows={8} label={trans.__('Loading %1', props.name)} />
        )}
      </TabPanel>
    </article>
  );
}

function Action(props: {
  icon: IconName;
  label: string;
  onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      className="jp-Headwater-button"
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
      {props.label}
    </button>
  );
}
