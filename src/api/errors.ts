/** The one error of the front end: what happened, and what to do next. */

/** Why a call failed, as the server says it, or as the browser sees it. */
export class HeadwaterError extends Error {
  readonly code: string;
  /** What to do next, in one sentence; may be empty. */
  readonly hint: string;
  /** A shell command that mends it, or empty. */
  readonly command: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(options: HeadwaterError.IOptions) {
    super(options.message);
    this.name = 'HeadwaterError';
    this.code = options.code;
    this.hint = options.hint ?? '';
    this.command = options.command ?? '';
    this.status = options.status ?? 0;
    this.details = options.details ?? {};
  }
}

export namespace HeadwaterError {
  export interface IOptions {
    code: string;
    message: string;
    hint?: string;
    command?: string;
    status?: number;
    details?: Record<string, unknown>;
  }
}

/** Whether `reason` is an aborted request, which is nobody's mistake. */
export function isAbort(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'AbortError';
}

/** Any thrown value as a `HeadwaterError`. */
export function asHeadwaterError(reason: unknown): HeadwaterError {
  if (reason instanceof HeadwaterError) {
    return reason;
  }
  const message = reason instanceof Error ? reason.message : String(reason);
  return new HeadwaterError({ code: 'internal', message });
}

/** The error behind a failed response: ours has one shape; anything else means that our extension did not answer. */
export function errorFromResponse(
  status: number,
  body: string
): HeadwaterError {
  const document = parse(body);
  if (document !== null) {
    return new HeadwaterError({ ...document, status });
  }
  if (status === 404) {
    return new HeadwaterError({
      code: 'extension_missing',
      message:
        'This Jupyter server does not run the Headwater server extension.',
      hint: 'Install or enable it, then restart the Jupyter server.',
      command:
        'pip install jupyterlab-headwater && jupyter server extension enable jupyterlab_headwater',
      status
    });
  }
  return new HeadwaterError({
    code: status === 403 ? 'forbidden' : 'internal',
    message:
      status === 403
        ? 'The server did not let this browser in.'
        : `The server answered with an error (${status}).`,
    hint:
      status === 403
        ? 'Sign in again by reloading the page.'
        : "The server's log has the details.",
    status
  });
}

/**
 * The error of an extension of another version than this front end. The older one is what is left of before an upgrade:
 * a server that runs on, or a page that was not loaded again. If that is not it, the two are installed in two places.
 */
export function otherVersion(server: string, browser: string): HeadwaterError {
  const order = compareVersions(server, browser);
  const cure =
    order < 0
      ? 'The server is the older one: restart the Jupyter server.'
      : order > 0
        ? 'This page is the older one: reload it.'
        : 'Restart the Jupyter server and reload the page.';
  return new HeadwaterError({
    code: 'other_version',
    message: `The server runs Headwater ${server}, this page ${browser}.`,
    hint: `${cure} If this comes back, install one version where the Jupyter server and JupyterLab run, then do both:`,
    command: `pip install jupyterlab-headwater==${order < 0 ? browser : server}`
  });
}

/** Less than 0 where `a` is the older version, by its numbers; 0 where these are equal or are none. */
function compareVersions(a: string, b: string): number {
  const numbers = (version: string): number[] =>
    (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

function parse(body: string): HeadwaterError.IOptions | null {
  try {
    const value = JSON.parse(body) as {
      error?: Partial<HeadwaterError.IOptions>;
    } | null;
    const error = value?.error;
    if (typeof error?.code !== 'string' || typeof error.message !== 'string') {
      return null;
    }
    return {
      code: error.code,
      message: error.message,
      hint: typeof error.hint === 'string' ? error.hint : '',
      details: error.details ?? {}
    };
  } catch {
    return null;
  }
}
