/** What a dataset is: description, owner, tags, size, freshness, kind. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Dataset, Version } from '../api/types';
import { formatBytes, formatNumber } from '../ui/format';
import { kindText } from '../ui/kind';
import { Age } from '../ui/time';
import { TagList } from './tags';

export interface IOverviewProps {
  dataset: Dataset;
  version: Version;
  trans: TranslationBundle;
  onDescribe: (text: string) => void;
  onTag: (tag: string) => void;
  onUntag: (tag: string) => void;
}

export function Overview(props: IOverviewProps): JSX.Element {
  const { dataset, version, trans } = props;
  const facts: [string, React.ReactNode][] = [
    [trans.__('Owner'), dataset.owner],
    [
      trans.__('Kind'),
      kindText(version.kind, version.rests_on, trans) || trans.__('Real')
    ],
    [
      trans.__('Version'),
      `${version.version} ${version.message ? `· ${version.message}` : ''}`
    ],
    [trans.__('Made'), <Age key="made" at={version.created} />],
    [trans.__('Made by'), version.author],
    [trans.__('Rows'), formatNumber(version.rows)],
    [trans.__('Columns'), formatNumber(version.schema.length)],
    [trans.__('Size'), formatBytes(version.bytes)],
    [
      trans.__('All versions'),
      trans._n(
        '%2 version, %3',
        '%2 versions, %3',
        dataset.version_count,
        formatNumber(dataset.version_count),
        formatBytes(dataset.total_bytes)
      )
    ],
    [
      trans.__('Freshness'),
      <Freshness key="fresh" dataset={dataset} trans={trans} />
    ],
    [
      trans.__('Tags'),
      <TagList
        key="tags"
        tags={version.tags}
        editable={dataset.editable}
        trans={trans}
        onTag={props.onTag}
        onUntag={props.onUntag}
      />
    ],
    ...(version.inputs.length > 0
      ? [
          [trans.__('Made from'), version.inputs.join(', ')] satisfies [
            string,
            React.ReactNode
          ]
        ]
      : []),
    [
      trans.__('Digest'),
      <code key="digest" title={version.digest}>
        {version.digest.slice(0, 16)}
      </code>
    ]
  ];
  return (
    <div className="jp-Headwater-overview">
      <Description
        dataset={dataset}
        trans={trans}
        onDescribe={props.onDescribe}
      />
      <dl>
        {facts.map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
    </div>
  );
}

function Freshness(props: {
  dataset: Dataset;
  trans: TranslationBundle;
}): JSX.Element {
  const { dataset, trans } = props;
  return (
    <>
      {trans.__('newest version is %1,', dataset.newest.version)}{' '}
      <Age at={dataset.newest.created} />
    </>
  );
}

function Description(props: {
  dataset: Dataset;
  trans: TranslationBundle;
  onDescribe: (text: string) => void;
}): JSX.Element {
  const { dataset, trans } = props;
  const [draft, setDraft] = React.useState<string | null>(null);
  if (draft === null) {
    return (
      <div className="jp-Headwater-description">
        <p className={dataset.description ? '' : 'jp-Headwater-dim'}>
          {dataset.description || trans.__('No description yet.')}
        </p>
        {dataset.editable && (
          <button
            type="button"
            className="jp-Headwater-link"
            onClick={() => setDraft(dataset.description)}
          >
            {trans.__('Edit description')}
          </button>
        )}
      </div>
    );
  }
  const keep = (): void => {
    setDraft(null);
    if (draft.trim() !== dataset.description) {
      props.onDescribe(draft.trim());
    }
  };
  return (
    <form
      className="jp-Headwater-description"
      onSubmit={event => {
        event.preventDefault();
        keep();
      }}
    >
      <textarea
        autoFocus
        rows={4}
        value={draft}
        maxLength={10_000}
        aria-label={trans.__('Description of %1', dataset.name)}
        onChange={event => setDraft(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            setDraft(null);
          } else if (
            event.key === 'Enter' &&
            (event.ctrlKey || event.metaKey)
          ) {
            keep();
          }
        }}
      />
      <div className="jp-Headwater-page-actions">
        <button type="submit" className="jp-Headwater-button jp-mod-primary">
          {trans.__('Keep')}
        </button>
        <button
          type="button"
          className="jp-Headwater-button"
          onClick={() => setDraft(null)}
        >
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}
