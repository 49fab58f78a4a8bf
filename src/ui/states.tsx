/** What a panel shows while it has nothing to show: empty, loading, failed. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { IconButton } from './icons';

/** Why a call failed, as much as a view needs. */
export interface IFailure {
  message: string;
  hint: string;
  command: string;
}

/** Nothing here, and what to do about it. */
export function EmptyState(props: {
  title: string;
  children?: React.ReactNode;
}): JSX.Element {
  return (
    <div className="jp-Headwater-state">
      <p className="jp-Headwater-state-title">{props.title}</p>
      {props.children}
    </div>
  );
}

/** What went wrong and what to do, with the command that mends it and a way to try again. */
export function ErrorState(props: {
  failure: IFailure;
  onRetry: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { failure, trans } = props;
  return (
    <div className="jp-Headwater-state jp-mod-error" role="alert">
      <p className="jp-Headwater-state-title">{failure.message}</p>
      {failure.hint && <p>{failure.hint}</p>}
      {failure.command && (
        <pre className="jp-Headwater-command">{failure.command}</pre>
      )}
      <button
        type="button"
        className="jp-Headwater-button"
        onClick={props.onRetry}
      >
        {trans.__('Try again')}
      </button>
    </div>
  );
}

/** Grey lines in the place of rows that are on their way. */
export function Skeleton(props: { rows: number; label: string }): JSX.Element {
  return (
    <div
      className="jp-Headwater-skeleton"
      role="status"
      aria-label={props.label}
    >
      {Array.from({ length: props.rows }, (_, row) => (
        <span key={row} style={{ width: `${60 + ((row * 29) % 35)}%` }} />
      ))}
    </div>
  );
}

/**
 * The items of an answer once they are there; until then, and when there are none, what a panel shows instead.
 * `items` is null while they are on their way.
 */
export function Loaded<T>(props: {
  items: readonly T[] | null;
  failure: IFailure | null;
  loadingLabel: string;
  emptyTitle: string;
  /** What to do about that there are none. */
  empty: React.ReactNode;
  onRetry: () => void;
  trans: TranslationBundle;
  children: (items: readonly T[]) => JSX.Element;
}): JSX.Element {
  const { items, failure, onRetry, trans } = props;
  if (failure) {
    return <ErrorState failure={failure} onRetry={onRetry} trans={trans} />;
  }
  if (items === null) {
    return <Skeleton rows={5} label={props.loadingLabel} />;
  }
  if (items.length === 0) {
    return <EmptyState title={props.emptyTitle}>{props.empty}</EmptyState>;
  }
  return props.children(items);
}

/**
 * What went wrong while the rest is still shown, with the command that mends it; with `onRetry` it can be tried again,
 * with `onDismiss` put away.
 */
export function FailureNotice(
  props: {
    failure: (Pick<IFailure, 'message' | 'hint'> & Partial<IFailure>) | null;
  } & ({ onRetry?: undefined } | { retryLabel: string; onRetry: () => void }) &
    (
      | { onDismiss?: undefined }
      | { dismissLabel: string; onDismiss: () => void }
    )
): JSX.Element | null {
  const { failure } = props;
  if (failure === null) {
    return null;
  }
  return (
    <div className="jp-Headwater-notice jp-mod-error" role="alert">
      <span className="jp-Headwater-notice-words">
        {failure.message} {failure.hint}
        {failure.command && (
          <code className="jp-Headwater-command">{failure.command}</code>
        )}
        {props.onRetry && (
          <button
            type="button"
            className="jp-Headwater-link"
            onClick={props.onRetry}
          >
            {props.retryLabel}
          </button>
        )}
      </span>
      {props.onDismiss && (
        <IconButton
          icon="close"
          label={props.dismissLabel}
          onClick={props.onDismiss}
        />
      )}
    </div>
  );
}
