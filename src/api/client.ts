/** The typed client of the server extension: one method a route, the only code that makes requests. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { HeadwaterError, errorFromResponse, isAbort } from './errors';
import type * as wire from './types';

/** Which Headwater gave the last answer, as each answer says. */
export interface IServerFacts {
  version: string;
  /** How many warnings its status has. */
  warnings: number;
}

/** All calls reject with `HeadwaterError`, or with an `AbortError` when `signal` says so. */
export interface IHeadwaterClient {
  /** Null before the first answer, and when what answered does not say. */
  readonly server: IServerFacts | null;
  status(signal?: AbortSignal): Promise<wire.Status>;
  searchDatasets(
    query: wire.IDatasetQuery,
    signal?: AbortSignal
  ): Promise<wire.DatasetPage>;
  namespaces(signal?: AbortSignal): Promise<wire.NamespaceList>;
  dataset(name: string, signal?: AbortSignal): Promise<wire.Dataset>;
  describe(name: string, description: string): Promise<wire.Dataset>;
  versions(
    name: string,
    cursor?: string,
    signal?: AbortSignal
  ): Promise<wire.VersionPage>;
  version(
    name: string,
    version: string,
    signal?: AbortSignal
  ): Promise<wire.Version>;
  profile(
    name: string,
    version: string,
    columns: readonly string[],
    signal?: AbortSignal
  ): Promise<wire.Profile>;
  rows(
    name: string,
    version: string,
    query: wire.IRowsQuery,
    signal?: AbortSignal
  ): Promise<wire.RowsPage>;
  tag(name: string, version: string, tag: string): Promise<wire.Version>;
  untag(name: string, version: string, tag: string): Promise<wire.Version>;
  startImport(request: wire.ImportRequest): Promise<wire.Job>;
  pins(path: string, signal?: AbortSignal): Promise<wire.NotebookPins>;
  changePins(
    path: string,
    baseRevision: number | null,
    operations: readonly wire.IPinChange[]
  ): Promise<wire.NotebookPins>;
  openNotebook(path: string, client: string): Promise<wire.NotebookPins>;
  closeNotebook(path: string, client: string): Promise<void>;
  passport(path: string, signal?: AbortSignal): Promise<wire.Passport>;
  verify(path: string): Promise<wire.VerifyResult>;
  sources(signal?: AbortSignal): Promise<wire.SourceList>;
  tables(
    source: string,
    query: string,
    cursor?: string,
    signal?: AbortSignal
  ): Promise<wire.SourceTablePage>;
  planSample(
    request: wire.SampleRequest,
    signal?: AbortSignal
  ): Promise<wire.SamplePlan>;
  startSample(request: wire.SampleRequest): Promise<wire.Job>;
  refreshSample(name: string, version: string): Promise<wire.Job>;
  diff(
    name: string,
    before: string,
    after: string,
    signal?: AbortSignal
  ): Promise<wire.Difference>;
  proof(
    name: string,
    version: string,
    signal?: AbortSignal
  ): Promise<wire.IProof>;
  recipes(signal?: AbortSignal): Promise<wire.SavedRecipeList>;
  saveRecipe(
    name: string,
    request: wire.SampleRequest
  ): Promise<wire.SavedRecipe>;
  deleteRecipe(name: string): Promise<wire.SavedRecipe>;
  jobs(signal?: AbortSignal): Promise<wire.JobList>;
  job(id: string, signal?: AbortSignal): Promise<wire.Job>;
  cancelJob(id: string): Promise<wire.Job>;
}

type Query = Record<string, string | number | boolean | undefined>;

interface ICall {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  keepalive?: boolean;
}

/** Path of the API below the server's base URL. */
export const API = 'headwater/v1';

export class HeadwaterClient implements IHeadwaterClient {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
  }

  get server(): IServerFacts | null {
    return this._server;
  }

  status(signal?: AbortSignal): Promise<wire.Status> {
    return this._call('GET', ['status'], { signal });
  }

  searchDatasets(
    query: wire.IDatasetQuery,
    signal?: AbortSignal
  ): Promise<wire.DatasetPage> {
    return this._call('GET', ['datasets'], { query: { ...query }, signal });
  }

  namespaces(signal?: AbortSignal): Promise<wire.NamespaceList> {
    return this._call('GET', ['namespaces'], { signal });
  }

  dataset(name: string, signal?: AbortSignal): Promise<wire.Dataset> {
    return this._call('GET', ['datasets', name], { signal });
  }

  describe(name: string, description: string): Promise<wire.Dataset> {
    return this._call('PATCH', ['datasets', name], { body: { description } });
  }

  versions(
    name: string,
    cursor?: string,
    signal?: AbortSignal
  ): Promise<wire.VersionPage> {
    return this._call('GET', ['datasets', name, 'versions'], {
      query: { cursor },
      signal
    });
  }

  version(
    name: string,
    version: string,
    signal?: AbortSignal
  ): Promise<wire.Version> {
    return this._call('GET', ['datasets', name, 'versions', version], {
      signal
    });
  }

  profile(
    name: string,
    version: string,
    columns: readonly string[],
    signal?: AbortSignal
  ): Promise<wire.Profile> {
    // A name may hold a comma: each is encoded by itself, the list then once more as a query value.
    const query = { columns: columns.map(encodeURIComponent).join(',') };
    return this._call(
      'GET',
      ['datasets', name, 'versions', version, 'profile'],
      { query, signal }
    );
  }

  rows(
    name: string,
    version: string,
    query: wire.IRowsQuery,
    signal?: AbortSignal
  ): Promise<wire.RowsPage> {
    const { offset, limit } = query;
    const where = query.where || undefined;
    return this._call('GET', ['datasets', name, 'versions', version, 'rows'], {
      query: { offset, limit, where },
      signal
    });
  }

  tag(name: string, version: string, tag: string): Promise<wire.Version> {
    return this._call('PUT', [
      'datasets',
      name,
      'versions',
      version,
      'tags',
      tag
    ]);
  }

  untag(name: string, version: string, tag: string): Promise<wire.Version> {
    return this._call('DELETE', [
      'datasets',
      name,
      'versions',
      version,
      'tags',
      tag
    ]);
  }

  startImport(request: wire.ImportRequest): Promise<wire.Job> {
    return this._call('POST', ['imports'], { body: request });
  }

  pins(path: string, signal?: AbortSignal): Promise<wire.NotebookPins> {
    return this._call('GET', ['notebooks', 'pins'], {
      query: { path },
      signal
    });
  }

  changePins(
    path: string,
    baseRevision: number | null,
    operations: readonly wire.IPinChange[]
  ): Promise<wire.NotebookPins> {
    const body = { path, base_revision: baseRevision, operations };
    return this._call('PATCH', ['notebooks', 'pins'], { body });
  }

  openNotebook(path: string, client: string): Promise<wire.NotebookPins> {
    return this._call('POST', ['notebooks', 'open'], {
      body: { path, client }
    });
  }

  closeNotebook(path: string, client: string): Promise<void> {
    // It is the last request of a page that goes away.
    return this._call('POST', ['notebooks', 'close'], {
      body: { path, client },
      keepalive: true
    });
  }

  passport(path: string, signal?: AbortSignal): Promise<wire.Passport> {
    return this._call('GET', ['notebooks', 'passport'], {
      query: { path },
      signal
    });
  }

  verify(path: string): Promise<wire.VerifyResult> {
    return this._call('POST', ['notebooks', 'verify'], { body: { path } });
  }

  sources(signal?: AbortSignal): Promise<wire.SourceList> {
    return this._call('GET', ['sources'], { signal });
  }

  tables(
    source: string,
    query: string,
    cursor?: string,
    signal?: AbortSignal
  ): Promise<wire.SourceTablePage> {
    return this._call('GET', ['sources', source, 'tables'], {
      query: { query, cursor },
      signal
    });
  }

  planSample(
    request: wire.SampleRequest,
    signal?: AbortSignal
  ): Promise<wire.SamplePlan> {
    return this._call('POST', ['samples', 'plan'], { body: request, signal });
  }

  startSample(request: wire.SampleRequest): Promise<wire.Job> {
    return this._call('POST', ['samples'], { body: request });
  }

  refreshSample(name: string, version: string): Promise<wire.Job> {
    return this._call('POST', [
      'datasets',
      name,
      'versions',
      version,
      'refresh'
    ]);
  }

  diff(
    name: string,
    before: string,
    after: string,
    signal?: AbortSignal
  ): Promise<wire.Difference> {
    return this._call('GET', ['datasets', name, 'versions', after, 'diff'], {
      query: { before },
      signal
    });
  }

  proof(
    name: string,
    version: string,
    signal?: AbortSignal
  ): Promise<wire.IProof> {
    return this._call('GET', ['datasets', name, 'versions', version, 'proof'], {
      signal
    });
  }

  recipes(signal?: AbortSignal): Promise<wire.SavedRecipeList> {
    return this._call('GET', ['recipes'], { signal });
  }

  saveRecipe(
    name: string,
    request: wire.SampleRequest
  ): Promise<wire.SavedRecipe> {
    return this._call('PUT', ['recipes', name], { body: request });
  }

  deleteRecipe(name: string): Promise<wire.SavedRecipe> {
    return this._call('DELETE', ['recipes', name]);
  }

  jobs(signal?: AbortSignal): Promise<wire.JobList> {
    return this._call('GET', ['jobs'], { signal });
  }

  job(id: string, signal?: AbortSignal): Promise<wire.Job> {
    return this._call('GET', ['jobs', id], { signal });
  }

  cancelJob(id: string): Promise<wire.Job> {
    return this._call('DELETE', ['jobs', id]);
  }

  private async _call<T>(
    method: string,
    segments: string[],
    call: ICall = {}
  ): Promise<T> {
    const path = segments.map(encodeURIComponent).join('/');
    const url =
      URLExt.join(this._settings.baseUrl, API, path) + queryString(call.query);
    const { signal, keepalive } = call;
    const init: RequestInit = { method, signal, keepalive };
    if (call.body !== undefined) {
      init.body = JSON.stringify(call.body);
    }
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this._settings);
    } catch (reason) {
      // JupyterLab wraps what fetch threw, an abort included.
      if (call.signal?.aborted || isAbort(reason)) {
        throw new DOMException('The request was aborted.', 'AbortError');
      }
      throw new HeadwaterError({
        code: 'unreachable',
        message: 'The Jupyter server does not answer.',
        hint: 'Check that it runs and that you are online; this page tries again by itself.'
      });
    }
    const version = response.headers.get('Headwater-Version');
    const warnings = Number(response.headers.get('Headwater-Warnings') ?? 0);
    this._server = version === null ? null : { version, warnings };
    const text = await response.text();
    if (!response.ok) {
      throw errorFromResponse(response.status, text);
    }
    return (text ? JSON.parse(text) : undefined) as T;
  }

  private readonly _settings: ServerConnection.ISettings;
  private _server: IServerFacts | null = null;
}

function queryString(query: Query = {}): string {
  const given = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== ''
  );
  return URLExt.objectToQueryString(
    Object.fromEntries(given.map(([name, value]) => [name, String(value)]))
  );
}
