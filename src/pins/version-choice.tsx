/** Choosing the version of a pin from all that there are, by what people call them. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { PinStatus, Version, VersionPage } from '../api/types';
import { formatNumber } from '../ui/format';
import { Icon } from '../ui/icons';
import { KindBadge } from '../ui/kind';
import { FailureNotice, type IFailure, Skeleton } from '../ui/states';
import { Age } from '../ui/time';

export interface IVersionChoiceProps {
  status: PinStatus;
  /** The version that holds now. */
  version: string;
  trans: TranslationBundle;
  /** A page of versions, newest first. */
  loadVersions: (dataset: string, cursor?: string) => Promise<VersionPage>;
  onChange: (dataset: string, version: string) => void;
}

/** A button that says the version; it opens the list below itself. */
export function VersionChoice(props: IVersionChoiceProps): JSX.Element {
  const { status, version, trans } = props;
  const [open, setOpen] = React.useState(false);
  const button = React.useRef<HTMLButtonElement>(null);
  const id = React.useId();
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className="jp-Headwater-button jp-Headwater-pin-choice"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={trans.__('Change %1 of %2', version, status.dataset)}
        title={trans.__('Choose another version')}
        onClick={() => setOpen(!open)}
      >
        {version}
        <Icon name="caret" />
      </button>
      {open && (
        <VersionList
          {...props}
          // The list is of the time when it was asked for; a newer version makes it stale.
          key={status.newest?.version}
          id={id}
          onClose={close}
        />
      )}
    </>
  );
}

function VersionList(
  props: IVersionChoiceProps & { id: string; onClose: () => void }
): JSX.Element {
  const { status, version, trans, id, onClose } = props;
  const { pages, isLoading, failure, more } = useVersions(props);
  const [query, setQuery] = React.useState('');
  const [active, setActive] = React.useState<string | null>(null);
  const found = pages.versions.filter(one => matches(one, query));
  const place = found.findIndex(one => one.version === (active ?? version));
  const option = (name: string): string => `${id}-${name}`;
  const choose = (name: string): void => {
    onClose();
    if (name !== version) {
      props.onChange(status.dataset, name);
    }
  };
  const move = (to: number): void => {
    const next = found[Math.max(0, Math.min(found.length - 1, to))];
    if (next) {
      setActive(next.version);
      document
        .getElementById(option(next.version))
        ?.scrollIntoView({ block: 'nearest' });
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const moves: Record<string, number> = {
      ArrowDown: place + 1,
      ArrowUp: place < 0 ? 0 : place - 1,
      PageDown: place + 8,
      PageUp: place - 8
    };
    if (event.key in moves) {
      event.preventDefault();
      move(moves[event.key]);
    } else if (event.key === 'Enter' && found.length > 0) {
      event.preventDefault();
      choose(found[place < 0 ? 0 : place].version);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      onClose();
    }
  };
  return (
    <div id={id} className="jp-Headwater-pin-versions" onKeyDown={onKeyDown}>
      <input
        type="text"
        role="combobox"
        className="jp-Headwater-pin-find"
        autoFocus
        value={query}
        placeholder={trans.__('Find by message, tag or author')}
        aria-label={trans.__('Version of %1', status.dataset)}
        aria-expanded={found.length > 0}
        aria-autocomplete="list"
        aria-controls={found.length > 0 ? `${id}-list` : undefined}
        aria-activedescendant={
          place < 0 ? undefined : option(found[place].version)
        }
        onChange={event => setQuery(event.target.value)}
      />
      {found.length > 0 && (
        <ul
          id={`${id}-list`}
          role="listbox"
          aria-label={trans.__('Versions of %1', status.dataset)}
        >
          {found.map((one, at) => (
            <li
              key={one.version}
              id={option(one.version)}
              role="option"
              aria-selected={one.version === version}
              className={at === place ? 'jp-mod-active' : undefined}
              onClick={() => choose(one.version)}
            >
              <VersionLine
                version={one}
                isCurrent={one.version === version}
                trans={trans}
              />
            </li>
          ))}
        </ul>
      )}
      {found.length === 0 && !isLoading && !failure && (
        <p className="jp-Headwater-pin-message" role="status">
          {pages.cursor === null
            ? trans.__('No version is like this.')
            : trans.__(
                'None of the newest %1 versions is like this.',
                formatNumber(pages.versions.length)
              )}
        </p>
      )}
      {isLoading && <Skeleton rows={2} label={trans.__('Loading versions')} />}
      <FailureNotice failure={failure} />
      {(failure || pages.cursor !== null) && !isLoading && (
        <button
          type="button"
          className="jp-Headwater-link"
          onClick={() => void more()}
        >
          {failure ? trans.__('Try again') : trans.__('Show older versions')}
        </button>
      )}
    </div>
  );
}

function VersionLine(props: {
  version: Version;
  isCurrent: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { version, trans } = props;
  return (
    <>
      <span className="jp-Headwater-pin-option">
        <b>{version.version}</b>
        {version.tags.map(tag => (
          <span key={tag} className="jp-Headwater-tag">
            {tag}
          </span>
        ))}
        <KindBadge
          kind={version.kind}
          restsOn={version.rests_on}
          trans={trans}
        />
        <Age at={version.created} />
        {props.isCurrent && <Icon name="check" />}
      </span>
      {version.message && (
        <span className="jp-Headwater-pin-option" title={version.message}>
          {version.message}
        </span>
      )}
    </>
  );
}

type Failure = Pick<IFailure, 'message' | 'hint'>;

interface IPages {
  versions: readonly Version[];
  /** Where the next page begins; null after the last. */
  cursor: string | null;
}

function useVersions({ status, loadVersions }: IVersionChoiceProps): {
  pages: IPages;
  isLoading: boolean;
  failure: Failure | null;
  more: () => Promise<void>;
} {
  const [pages, setPages] = React.useState<IPages>({
    versions: [],
    cursor: null
  });
  const [isLoading, setLoading] = React.useState(true);
  const [failure, setFailure] = React.useState<Failure | null>(null);
  const shown = React.useRef(true);
  const more = async (): Promise<void> => {
    setLoading(true);
    setFailure(null);
    try {
      const page = await loadVersions(
        status.dataset,
        pages.cursor ?? undefined
      );
      if (shown.current) {
        const versions = page.versions.map(change => change.version);
        setPages({
          versions: [...pages.versions, ...versions],
          cursor: page.next_cursor
        });
      }
    } catch (reason) {
      if (shown.current) {
        setFailure(failureOf(reason));
      }
    }
    if (shown.current) {
      setLoading(false);
    }
  };
  React.useEffect(() => {
    shown.current = true;
    void more();
    return () => {
      shown.current = false;
    };
    // Asked for once, when the list opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return { pages, isLoading, failure, more };
}

function failureOf(reason: unknown): Failure {
  const { message, hint } = reason as Partial<Failure>;
  return { message: message ?? String(reason), hint: hint ?? '' };
}

/** Whether each word of `query` is in what people call the version. */
function matches(version: Version, query: string): boolean {
  const text = [
    version.version,
    version.message,
    version.author,
    version.created,
    version.kind,
    ...version.tags
  ]
    .join(' ')
    .toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}
