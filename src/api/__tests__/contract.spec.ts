import { readFileSync } from 'fs';
import { join } from 'path';
import { ServerConnection } from '@jupyterlab/services';
import { HeadwaterClient } from '../client';
import { HeadwaterError, errorFromResponse } from '../errors';
import { VERSION } from '../version';

const ROOT = join(__dirname, '..', '..', '..');

function read(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(ROOT, name), 'utf8')) as Record<
    string,
    unknown
  >;
}

const paths = read('api/openapi.json').paths as Record<
  string,
  Record<string, { parameters?: { name: string }[] }>
>;

/** A client whose calls are answered here and kept. */
function client(
  answer: () => Response = () => new Response('{}')
): [HeadwaterClient, Request[]] {
  const asked: Request[] = [];
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost/base/',
    fetch: (input: RequestInfo | URL, init?: RequestInit) => {
      asked.push(new Request(input, init));
      return Promise.resolve(answer());
    }
  });
  return [new HeadwaterClient(settings), asked];
}

describe('HeadwaterClient', () => {
  const calls: Record<string, (made: HeadwaterClient) => Promise<unknown>> = {
    status: made => made.status(),
    searchDatasets: made =>
      made.searchDatasets({ query: 'a', sort: 'name', limit: 50 }),
    namespaces: made => made.namespaces(),
    dataset: made => made.dataset('a.b'),
    describe: made => made.describe('a.b', 'text'),
    versions: made => made.versions('a.b', 'cursor'),
    version: made => made.version('a.b', 'v1'),
    profile: made => made.profile('a.b', 'v1', ['x', 'y']),
    rows: made =>
      made.rows('a.b', 'v1', { offset: 0, limit: 10, where: 'x = 1' }),
    tag: made => made.tag('a.b', 'v1', 'golden'),
    untag: made => made.untag('a.b', 'v1', 'golden'),
    startImport: made =>
      made.startImport({ path: 'a.csv', name: 'a.b', message: '', types: {} }),
    pins: made => made.pins('n.ipynb'),
    changePins: made => made.changePins('n.ipynb', 1, []),
    openNotebook: made => made.openNotebook('n.ipynb', 'tab'),
    closeNotebook: made => made.closeNotebook('n.ipynb', 'tab'),
    passport: made => made.passport('n.ipynb'),
    verify: made => made.verify('n.ipynb'),
    sources: made => made.sources(),
    tables: made => made.tables('prod', 'book', 'cursor'),
    planSample: made =>
      made.planSample({ source: 'prod', table: 't' } as never),
    startSample: made =>
      made.startSample({ source: 'prod', table: 't' } as never),
    jobs: made => made.jobs(),
    job: made => made.job('j'),
    cancelJob: made => made.cancelJob('j')
  };

  it.each(Object.keys(calls))('%s asks what the contract has', async name => {
    const [made, asked] = client();
    await calls[name](made);
    const url = new URL(asked[0].url);
    const path = url.pathname.replace('/base', '');
    const route = Object.keys(paths).find(known =>
      new RegExp(`^${known.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)
    );
    expect(route).toBeDefined();
    const operation = paths[route as string][asked[0].method.toLowerCase()];
    expect(operation).toBeDefined();
    const known = (operation.parameters ?? []).map(one => one.name);
    // JupyterLab adds the time, as a name of digits, against caches.
    const given = [...url.searchParams.keys()].filter(
      one => !/^\d+$/.test(one)
    );
    expect(known).toEqual(expect.arrayContaining(given));
  });

  it('keeps a name from leaving its place in the path', async () => {
    const [made, asked] = client();
    await made.dataset('../../api/shutdown?x#y');
    expect(new URL(asked[0].url).pathname).toBe(
      '/base/headwater/v1/datasets/..%2F..%2Fapi%2Fshutdown%3Fx%23y'
    );
  });

  it('rejects with what the server says', async () => {
    const error = { code: 'x', message: 'What.', hint: 'Next.', details: {} };
    const [made] = client(
      () => new Response(JSON.stringify({ error }), { status: 404 })
    );
    await expect(made.status()).rejects.toMatchObject({
      code: 'x',
      message: 'What.',
      hint: 'Next.',
      status: 404
    });
  });

  it('says when the server extension is missing', () => {
    const error = errorFromResponse(404, '<html>');
    expect(error).toBeInstanceOf(HeadwaterError);
    expect(error.code).toBe('extension_missing');
    expect(error.command).toContain('jupyter');
  });

  it('is of the version of the package', () => {
    expect(VERSION).toBe(read('package.json').version);
  });
});
