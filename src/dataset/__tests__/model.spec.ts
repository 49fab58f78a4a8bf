import { Signal } from '@lumino/signaling';
import { HeadwaterError } from '../../api/errors';
import type { IEventStream } from '../../api/events';
import type { Dataset, HeadwaterEvent, Version } from '../../api/types';
import type { IHeadwater } from '../../tokens';
import { DatasetModel } from '../model';
import { ROWS_PAGE } from '../page';

const COLUMNS = Array.from({ length: 20 }, (_, i) => `c${i}`);

function version(number: number, tags: string[] = []): Version {
  return {
    dataset: 'a.b',
    version: `v${number}`,
    rows: 1_000,
    schema: COLUMNS.map(name => ({ name, type: 'int64', nullable: true })),
    tags
  } as unknown as Version;
}

class Server {
  newest = version(2);
  profiled: string[][] = [];
  rowsAsked: [string, number, string | undefined][] = [];
  failing = new Set<string>();
  description = '';
  refuse = false;
  /** Held back until released, when set. */
  gate: Promise<void> | null = null;
  selected: (string | null)[] = [];
  readonly event = new Signal<IEventStream, HeadwaterEvent>(
    this as unknown as IEventStream
  );

  dataset(): Dataset {
    return {
      name: 'a.b',
      newest: this.newest,
      description: this.description,
      editable: true
    } as unknown as Dataset;
  }

  get headwater(): IHeadwater {
    const fail = (code: string): Promise<never> =>
      Promise.reject(new HeadwaterError({ code, message: `${code}!` }));
    return {
      client: {
        dataset: () => Promise.resolve(this.dataset()),
        version: (_: string, name: string) =>
          name === 'v99'
            ? fail('version_not_found')
            : Promise.resolve(version(Number(name.slice(1)))),
        versions: () =>
          Promise.resolve({
            versions: [{ version: this.newest }, { version: version(1) }],
            next_cursor: null
          }),
        profile: async (_: string, __: string, columns: string[]) => {
          this.profiled.push(columns);
          await this.gate;
          return columns.some(one => this.failing.has(one))
            ? fail('store_unavailable')
            : { columns: columns.map(name => ({ name, nulls: 0 })) };
        },
        rows: async (
          _: string,
          shown: string,
          query: { offset: number; where?: string }
        ) => {
          this.rowsAsked.push([shown, query.offset, query.where]);
          await this.gate;
          return this.failing.has(String(query.offset))
            ? fail('store_unavailable')
            : {
                rows: [[String(query.offset)]],
                numeric: [true],
                total: 1_000,
                total_is_capped: false
              };
        },
        tag: (_: string, name: string, tag: string) =>
          this.refuse
            ? fail('refused')
            : Promise.resolve(version(Number(name.slice(1)), [tag])),
        describe: (_: string, text: string) => {
          this.description = text;
          return this.refuse
            ? fail('refused')
            : Promise.resolve(this.dataset());
        }
      },
      events: { event: this.event },
      selection: {
        select: (_: string, shown: string | null) => this.selected.push(shown)
      }
    } as unknown as IHeadwater;
  }
}

async function loaded(server: Server): Promise<DatasetModel> {
  const model = new DatasetModel(server.headwater, 'a.b');
  await model.load();
  return model;
}

const turn = (): Promise<void> => new Promise(done => setTimeout(done, 0));

describe('versions', () => {
  it('shows the newest and selects it', async () => {
    const server = new Server();
    const model = await loaded(server);
    expect(model.version?.version).toBe('v2');
    expect(server.selected).toEqual(['v2']);
    expect(model.newer).toBeNull();
  });

  it('stays with what it shows when a newer one is committed, and says so', async () => {
    const server = new Server();
    const model = await loaded(server);
    server.newest = version(3);
    server.event.emit({
      topic: 'version',
      subject: 'a.b@v3'
    } as unknown as HeadwaterEvent);
    await turn();
    expect(model.version?.version).toBe('v2');
    expect(model.newer?.version).toBe('v3');
    await model.show('v3');
    expect(model.newer).toBeNull();
  });

  it('says why a version cannot be shown and keeps the other', async () => {
    const model = await loaded(new Server());
    await model.show('v99');
    expect(model.notice?.code).toBe('version_not_found');
    expect(model.version?.version).toBe('v2');
    model.dismiss();
    expect(model.notice).toBeNull();
  });

  it('tells what was refused', async () => {
    const server = new Server();
    const model = await loaded(server);
    server.refuse = true;
    expect(await model.describe('mine')).toBe(false);
    expect(model.notice?.code).toBe('refused');
    expect(await model.tag('v2', 'golden')).toBe(false);
    server.refuse = false;
    expect(await model.tag('v2', 'golden')).toBe(true);
    expect(model.version?.tags).toEqual(['golden']);
    expect(model.notice).toBeNull();
  });
});

describe('profiles', () => {
  it('come a few at a time and once', async () => {
    const server = new Server();
    const model = await loaded(server);
    await model.wantProfiles(COLUMNS);
    await model.wantProfiles(COLUMNS);
    expect(server.profiled.map(batch => batch.length)).toEqual([8, 8, 4]);
    expect(model.profiles.size).toBe(20);
  });

  it('that fail later are said, and can be asked for again', async () => {
    const server = new Server();
    const model = await loaded(server);
    server.failing.add('c12');
    await model.wantProfiles(COLUMNS);
    expect(model.profiles.size).toBe(8);
    expect(model.profileFailure?.code).toBe('store_unavailable');
    server.failing.clear();
    await model.wantProfiles(COLUMNS);
    expect(model.profileFailure).toBeNull();
    expect(model.profiles.size).toBe(20);
    expect(server.profiled.flat().filter(one => one === 'c0')).toHaveLength(1);
  });

  it('come although a tag is given meanwhile', async () => {
    const server = new Server();
    const model = await loaded(server);
    let release = (): void => undefined;
    server.gate = new Promise(done => (release = done));
    const wanted = model.wantProfiles(COLUMNS);
    await model.tag('v2', 'golden');
    release();
    await wanted;
    expect(model.profiles.size).toBe(20);
  });

  it('of another version are not mixed in', async () => {
    const server = new Server();
    const model = await loaded(server);
    let release = (): void => undefined;
    server.gate = new Promise(done => (release = done));
    const wanted = model.wantProfiles(COLUMNS);
    await model.show('v1');
    release();
    await wanted;
    expect(model.profiles.size).toBe(0);
    await model.wantProfiles(['c0']);
    expect([...model.profiles.keys()]).toEqual(['c0']);
  });
});

describe('the preview', () => {
  it('loads the page of a row once', async () => {
    const server = new Server();
    const model = await loaded(server);
    model.open('preview');
    await turn();
    await model.wantRows(5);
    await model.wantRows(ROWS_PAGE);
    expect(server.rowsAsked.map(([, offset]) => offset)).toEqual([0, 100]);
    expect(model.preview.total).toBe(1_000);
  });

  it('that a filter changed takes no rows of the old one', async () => {
    const server = new Server();
    const model = await loaded(server);
    let release = (): void => undefined;
    server.gate = new Promise(done => (release = done));
    const old = model.wantRows(300);
    model.filter('c0 > 1');
    release();
    await old;
    await turn();
    expect([...model.preview.pages.keys()]).toEqual([0]);
    expect(server.rowsAsked[1]).toEqual(['v2', 0, 'c0 > 1']);
  });

  it('asks for failed pages again', async () => {
    const server = new Server();
    const model = await loaded(server);
    await model.wantRows(0);
    server.failing.add('100').add('300');
    await model.wantRows(150);
    await model.wantRows(300);
    expect(model.preview.failure?.code).toBe('store_unavailable');
    server.failing.clear();
    await model.retryRows();
    expect(model.preview.failure).toBeNull();
    expect([...model.preview.pages.keys()].sort()).toEqual([0, 1, 3]);
  });

  it('takes the rows that come although a tag is given meanwhile', async () => {
    const server = new Server();
    const model = await loaded(server);
    let release = (): void => undefined;
    server.gate = new Promise(done => (release = done));
    const wanted = model.wantRows(0);
    await model.tag('v2', 'golden');
    release();
    await wanted;
    expect(model.preview.total).toBe(1_000);
  });
});
