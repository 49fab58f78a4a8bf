import { Signal } from '@lumino/signaling';
import { HeadwaterError, errorFromResponse } from '../../api/errors';
import type { IEventStream } from '../../api/events';
import type {
  DatasetPage,
  DatasetSummary,
  HeadwaterEvent,
  IDatasetQuery
} from '../../api/types';
import { VERSION } from '../../api/version';
import type { IDatasetSelection, IHeadwater } from '../../tokens';
import { BrowserModel } from '../model';

/** A server with as many datasets as `names`, which counts what it is asked. */
class Server {
  constructor(count: number) {
    this.names = Array.from({ length: count }, (_, i) => name(i));
  }

  names: string[];
  facts: { version: string; warnings: number } | null = {
    version: VERSION,
    warnings: 0
  };
  failure: Error | null = null;
  statusFailure: Error | null = null;
  asked: string[] = [];
  queries: IDatasetQuery[] = [];
  readonly event = new Signal<IEventStream, HeadwaterEvent>(
    this as unknown as IEventStream
  );
  readonly connectionChanged = new Signal<IEventStream, boolean>(
    this as unknown as IEventStream
  );
  readonly selectionChanged = new Signal<IDatasetSelection, void>(
    this as unknown as IDatasetSelection
  );
  selected: string | null = null;

  commit(subject: string): void {
    this.event.emit({
      seq: 1,
      topic: 'version',
      subject,
      payload: {}
    } as unknown as HeadwaterEvent);
  }

  page({ query = '', offset = 0, limit = 50 }: IDatasetQuery): DatasetPage {
    const found = this.names.filter(one => one.includes(query));
    return {
      datasets: found
        .slice(offset, offset + limit)
        .map(one => ({ name: one, rows: 1 }) as unknown as DatasetSummary),
      next_cursor: null,
      total: found.length,
      total_is_capped: false
    };
  }
}

function headwaterOf(server: Server): IHeadwater {
  return {
    client: {
      get server() {
        return server.facts;
      },
      status: () => {
        server.asked.push('status');
        return server.statusFailure
          ? Promise.reject(server.statusFailure)
          : Promise.resolve({
              version: VERSION,
              warnings: ['Mind the gap.']
            });
      },
      namespaces: () => {
        server.asked.push('namespaces');
        return Promise.resolve({ namespaces: [{ name: 'n', datasets: 1 }] });
      },
      searchDatasets: (query: IDatasetQuery) => {
        server.asked.push('datasets');
        server.queries.push(query);
        return server.failure
          ? Promise.reject(server.failure)
          : Promise.resolve(server.page(query));
      }
    },
    events: {
      event: server.event,
      connectionChanged: server.connectionChanged,
      isConnected: true
    },
    selection: {
      get dataset() {
        return server.selected;
      },
      changed: server.selectionChanged,
      select: (dataset: string | null) => {
        server.selected = dataset;
        server.selectionChanged.emit();
      }
    }
  } as unknown as IHeadwater;
}

const name = (i: number): string => `n.t${String(i).padStart(6, '0')}`;
const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(400);

async function started(server: Server): Promise<BrowserModel> {
  const model = new BrowserModel(headwaterOf(server));
  model.start();
  await settle();
  return model;
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('the list', () => {
  it('paints its first rows after one request', async () => {
    const server = new Server(100_000);
    const model = await started(server);
    await model.want(0, 40);
    expect(server.asked).toEqual(['datasets']);
    expect(model.total).toBe(100_000);
    expect(model.rowAt(49)?.name).toBe(name(49));
    expect(model.rowAt(50)).toBeNull();
  });

  it('loads what is in view, wherever that is, and nothing between', async () => {
    const server = new Server(100_000);
    const model = await started(server);
    await model.want(99_970, 99_999);
    expect(model.rowAt(99_999)?.name).toBe(name(99_999));
    expect(server.queries).toHaveLength(2);
    expect(server.queries[1]).toMatchObject({ offset: 99_950, limit: 50 });
    await model.want(99_980, 99_999);
    expect(server.queries).toHaveLength(2);
    await model.want(48, 60);
    expect(server.queries[2]).toMatchObject({ offset: 50, limit: 50 });
  });

  it('lets go of rows that are far away', async () => {
    const server = new Server(100_000);
    const model = await started(server);
    for (let first = 0; first < 10_000; first += 50) {
      await model.want(first, first + 30);
    }
    expect(model.rowAt(9_950)).not.toBeNull();
    expect(model.rowAt(0)).toBeNull();
  });

  it('begins at its top for a search, and waits for typing', async () => {
    const server = new Server(1_000);
    const model = await started(server);
    await model.want(500, 530);
    const key = model.listKey;
    model.find({ query: 't0000' });
    model.find({ query: 't00000' });
    await settle();
    expect(model.listKey).toBe(key + 1);
    expect(model.total).toBe(10);
    expect(server.queries.filter(one => one.query)).toHaveLength(1);
  });

  it('puts the largest first unless told otherwise', async () => {
    const server = new Server(3);
    const model = await started(server);
    model.find({ sort: 'rows' });
    await settle();
    model.find({ descending: false });
    await settle();
    model.find({ sort: 'name' });
    await settle();
    expect(
      server.queries.slice(1).map(one => [one.sort, one.descending])
    ).toEqual([
      ['rows', true],
      ['rows', false],
      ['name', false]
    ]);
  });

  it('shows a version committed elsewhere, however far it is scrolled', async () => {
    const server = new Server(100_000);
    const model = await started(server);
    await model.want(70_010, 70_040);
    server.names.splice(100, 0, 'n.t000099new', 'n.t000099newer');
    server.names[70_022] = 'n.renamed';
    const asked = server.queries.length;
    server.commit('n.t000099new@v1');
    await settle();
    expect(server.queries).toHaveLength(asked + 1);
    expect(model.total).toBe(100_002);
    // Two came before: what was in view is two places further, and so is the view.
    expect(model.shifted).toBe(2);
    expect(model.rowAt(70_012)?.name).toBe(name(70_010));
    expect(model.rowAt(70_022)?.name).toBe('n.renamed');
  });

  it('stands still when something comes into the middle of the view', async () => {
    const server = new Server(1_000);
    const model = await started(server);
    await model.want(500, 530);
    server.names.splice(510, 0, 'n.t000509new');
    server.commit('n.t000509new@v1');
    await settle();
    expect(model.shifted).toBe(0);
    expect(model.rowAt(510)?.name).toBe('n.t000509new');
  });

  it('shows what is new at its top', async () => {
    const server = new Server(100);
    const model = await started(server);
    await model.want(0, 30);
    server.names.unshift('n.a');
    server.commit('n.a@v1');
    await settle();
    expect(model.shifted).toBe(0);
    expect(model.rowAt(0)?.name).toBe('n.a');
  });

  it('is not kept from the news by a stream of commits', async () => {
    const server = new Server(100);
    const model = await started(server);
    server.names.unshift('n.a');
    for (let i = 0; i < 5; i++) {
      server.commit('n.a@v1');
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(model.rowAt(0)?.name).toBe('n.a');
  });
});

describe('the selection', () => {
  it('takes a row that is not loaded yet as soon as it is', async () => {
    const server = new Server(100_000);
    const model = await started(server);
    model.selectAt(99_999);
    expect(model.selectedPlace).toBe(99_999);
    await model.want(99_970, 99_999);
    expect(server.selected).toBe(name(99_999));
    expect(model.selectedPlace).toBe(99_999);
  });

  it('stays with its row when others come before it, in view or not', async () => {
    const server = new Server(1_000);
    const model = await started(server);
    await model.want(500, 530);
    model.selectAt(510);
    server.names.unshift('n.a');
    server.commit('n.a@v1');
    await settle();
    expect(model.selectedPlace).toBe(511);
    await model.want(900, 930);
    server.commit('n.a@v2');
    await settle();
    expect(model.selectedPlace).toBe(511);
  });

  it('follows what is selected elsewhere', async () => {
    const server = new Server(10);
    const model = await started(server);
    const changed = jest.fn();
    model.changed.connect(changed);
    headwaterOf(server).selection.select(name(7));
    expect(changed).toHaveBeenCalled();
    expect(model.selectedPlace).toBe(7);
  });
});

describe('the handshake', () => {
  it('asks for warnings only where there are some', async () => {
    const server = new Server(1);
    server.facts = { version: VERSION, warnings: 1 };
    const model = await started(server);
    expect(server.asked).toEqual(['datasets', 'status']);
    expect(model.warnings).toEqual(['Mind the gap.']);
  });

  it.each([
    ['99.0.0', /reload/i, '==99.0.0'],
    ['0.0.1', /restart the Jupyter server/i, `==${VERSION}`],
    [`${VERSION}.dev0+local`, /Restart .* reload/i, '==']
  ])('names the cure for a server of %s', async (version, cure, command) => {
    const server = new Server(1);
    server.facts = { version, warnings: 0 };
    const model = await started(server);
    expect(model.total).toBeNull();
    expect(model.failure?.code).toBe('other_version');
    expect(model.failure?.hint.split(' If ')[0]).toMatch(cure);
    expect(model.failure?.command).toContain(command);
  });

  it('gives the command for a server extension that is missing or disabled', async () => {
    const server = new Server(1);
    server.facts = null;
    server.failure = errorFromResponse(404, '<html>404</html>');
    server.statusFailure = server.failure;
    const model = await started(server);
    expect(model.failure?.code).toBe('extension_missing');
    expect(model.failure?.command).toContain('jupyter server extension enable');
  });

  it('says why an extension that is there did not start', async () => {
    const server = new Server(1);
    server.facts = null;
    server.failure = errorFromResponse(404, '<html>404</html>');
    server.statusFailure = new HeadwaterError({
      code: 'home_too_new',
      message: 'The home was written by a newer Headwater.',
      hint: 'Upgrade.',
      status: 503
    });
    const model = await started(server);
    expect(model.failure?.message).toContain('newer Headwater');
  });

  it('keeps its rows when the server fails, and takes up again', async () => {
    const server = new Server(1_000);
    const model = await started(server);
    server.failure = new HeadwaterError({
      code: 'unreachable',
      message: 'No.'
    });
    await model.want(500, 530);
    expect(model.failure?.message).toBe('No.');
    expect(model.rowAt(0)?.name).toBe(name(0));
    server.failure = null;
    await model.refresh();
    expect(model.failure).toBeNull();
    expect(model.rowAt(500)?.name).toBe(name(500));
  });
});

it('asks for namespaces when somebody wants to choose one', async () => {
  const server = new Server(1);
  const model = await started(server);
  expect(model.namespaces).toBeNull();
  await model.wantNamespaces();
  expect(model.namespaces).toEqual(['n']);
});
