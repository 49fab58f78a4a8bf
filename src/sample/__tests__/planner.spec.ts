import { nullTranslator } from '@jupyterlab/translation';
import { HeadwaterError } from '../../api/errors';
import type { SamplePlan, SampleRequest } from '../../api/types';
import type { IHeadwater } from '../../tokens';
import { BLANK, faultsOf, filled, formOf, requestOf } from '../form';
import { keysOf, textOfKeys } from '../keys';
import { SETTLE_MS, SamplePlanner } from '../planner';
import { tableNamed } from '../table-dialog';
import { plan } from './plan';

const trans = nullTranslator.load('headwater');

/** A server that answers when the test says so, and drops what was aborted as fetch does. */
class Server {
  readonly asked: SampleRequest[] = [];
  readonly aborted: boolean[] = [];
  private readonly _open: {
    answer: (plan: SamplePlan) => void;
    refuse: (reason: unknown) => void;
  }[] = [];

  readonly headwater = {
    client: {
      planSample: (request: SampleRequest, signal: AbortSignal) => {
        const place = this.asked.push(request) - 1;
        this.aborted.push(false);
        return new Promise<SamplePlan>((answer, refuse) => {
          this._open.push({ answer, refuse });
          signal.addEventListener('abort', () => {
            this.aborted[place] = true;
            refuse(new DOMException('aborted', 'AbortError'));
          });
        });
      }
    }
  } as unknown as IHeadwater;

  async answer(place: number, found: Partial<SamplePlan> = {}): Promise<void> {
    this._open[place].answer({ ...plan, ...found });
    await settled();
  }

  async refuse(place: number, reason: unknown): Promise<void> {
    this._open[place].refuse(reason);
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await Promise.resolve();
  }
}

function made(): { server: Server; planner: SamplePlanner } {
  const server = new Server();
  const planner = new SamplePlanner(
    server.headwater,
    'prod',
    'public.bookings',
    trans
  );
  void planner.replan();
  return { server, planner };
}

describe('SamplePlanner', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('fills the form from the first plan, which asks for nothing', async () => {
    const { server, planner } = made();
    expect(server.asked).toEqual([
      { source: 'prod', table: 'public.bookings', masks: {} }
    ]);
    expect(planner.isPlanning).toBe(true);
    await server.answer(0);
    expect(planner.form).toEqual(filled(BLANK, plan));
    expect(planner.isPlanning).toBe(false);
  });

  it('asks once when the user pauses, not for every keystroke', async () => {
    const { server, planner } = made();
    await server.answer(0);
    for (const rows of ['5', '50', '500']) {
      planner.change({ rows });
      jest.advanceTimersByTime(SETTLE_MS - 1);
    }
    planner.change({ masks: { email: 'null' } });
    expect(server.asked).toHaveLength(1);
    jest.advanceTimersByTime(SETTLE_MS);
    expect(server.asked).toHaveLength(2);
    expect(server.asked[1]).toMatchObject({
      rows: 500,
      masks: { email: 'null' }
    });
  });

  it('stops the older question at the next change, and never takes its answer', async () => {
    const { server, planner } = made();
    await server.answer(0);
    planner.change({ seed: '8' });
    jest.advanceTimersByTime(SETTLE_MS);
    expect(server.aborted[1]).toBe(false);
    planner.change({ seed: '9' });
    expect(server.aborted[1]).toBe(true);
    jest.advanceTimersByTime(SETTLE_MS);
    await server.answer(1, { seed: 8, recipe: 'old' });
    await server.answer(2, { seed: 9, recipe: 'new' });
    expect(planner.plan?.recipe).toBe('new');
    expect(planner.failure).toBeNull();
  });

  it('does not ask what it knows, nor what cannot be', async () => {
    const { server, planner } = made();
    await server.answer(0);
    planner.change({ rows: '5' });
    planner.change({ rows: '100000' });
    planner.change({ dataset: 'prod.mine' });
    planner.change({ rows: '0' });
    planner.change({ rows: '' });
    jest.advanceTimersByTime(10 * SETTLE_MS);
    expect(server.asked).toHaveLength(1);
    expect(planner.faults).toHaveProperty('rows');
    expect(planner.isPlanning).toBe(false);
  });

  it('keeps the last plan beside what went wrong, and asks again', async () => {
    const { server, planner } = made();
    await server.answer(0);
    planner.change({ rows: '9000000' });
    jest.advanceTimersByTime(SETTLE_MS);
    await server.refuse(
      1,
      new HeadwaterError({ code: 'sample_refused', message: 'Too many.' })
    );
    expect(planner.failure?.message).toBe('Too many.');
    expect(planner.plan).not.toBeNull();
    planner.change({ rows: '100000' });
    jest.advanceTimersByTime(SETTLE_MS);
    await server.answer(2);
    expect(planner.failure).toBeNull();
  });

  it('says beside the filter what the server says of it', async () => {
    const { server, planner } = made();
    await server.answer(0);
    planner.change({ where: 'price >' });
    jest.advanceTimersByTime(SETTLE_MS);
    await server.refuse(
      1,
      new HeadwaterError({
        code: 'bad_predicate',
        message: 'It ends too soon.',
        hint: 'Write a value.'
      })
    );
    expect(planner.failure).toBeNull();
    expect(planner.faults).toEqual({
      where: 'It ends too soon. Write a value.'
    });
    planner.change({ where: 'price > 1' });
    expect(planner.faults).toEqual({});
    expect(planner.isPlanning).toBe(true);
    jest.advanceTimersByTime(SETTLE_MS);
    await server.refuse(
      2,
      new HeadwaterError({
        code: 'sample_refused',
        message: 'email is masked.',
        details: { field: 'by' }
      })
    );
    expect(planner.faults).toEqual({ by: 'email is masked.' });
  });

  it('starts again with another table, and with a saved recipe', async () => {
    const { server, planner } = made();
    await server.answer(0);
    planner.change({ rows: '5' });
    planner.turnTo('public.customers');
    expect(planner.plan).toBeNull();
    expect(server.asked.at(-1)).toEqual({
      source: 'prod',
      table: 'public.customers',
      masks: {}
    });
    await server.answer(1, { dataset: 'prod.customers' });
    expect(planner.form.dataset).toBe('prod.customers');
    planner.use({
      source: 'other',
      table: 'public.t',
      rows: 9,
      method: 'keys',
      keys: [['a,b']]
    });
    expect(server.asked.at(-1)).toMatchObject({
      source: 'other',
      table: 'public.t',
      rows: 9,
      keys: [['a,b']]
    });
    await server.answer(2, { rows: 1, dataset: 'other.t' });
    expect(planner.form).toMatchObject({ rows: '9', dataset: 'other.t' });
  });

  it('asks nothing after it was closed', async () => {
    const { server, planner } = made();
    await server.answer(0);
    planner.change({ rows: '5' });
    planner.dispose();
    jest.advanceTimersByTime(10 * SETTLE_MS);
    expect(server.asked).toHaveLength(1);
  });
});

describe('the form of a sample', () => {
  const form = filled(BLANK, plan);
  const key = ['booking_id'];

  it.each([
    ['rows', '0'],
    ['rows', '-5'],
    ['rows', '1.5'],
    ['rows', ''],
    ['rows', '1e400'],
    ['seed', ''],
    ['seed', '0.5'],
    ['dataset', 'bookings'],
    ['dataset', 'prod.<b>'],
    ['dataset', 'prod.bookings ']
  ] as const)('says that %s cannot be "%s"', (field, value) => {
    const faults = faultsOf({ ...form, [field]: value }, key, trans);
    expect(Object.keys(faults)).toEqual([field]);
  });

  it('means the request that it shows', () => {
    expect(faultsOf(form, key, trans)).toEqual({});
    expect(requestOf('prod', 't', { ...form, seed: '-3' }, 1)).toEqual({
      source: 'prod',
      table: 't',
      rows: 100_000,
      seed: -3,
      dataset: 'prod.bookings',
      masks: {}
    });
  });
});

describe('the fields of a method', () => {
  const form = filled(BLANK, plan);
  const key = ['a', 'b'];

  it.each([
    [{ method: 'stratified' }, ['by']],
    [{ method: 'newest' }, ['by']],
    [{ method: 'window', by: ['at'] }, ['start']],
    [{ method: 'window', by: ['at'], end: '2013' }, []],
    [{ method: 'top', by: ['a'], per: '0' }, ['order', 'per']],
    [{ method: 'keys' }, ['keys']],
    [{ method: 'keys', keys: '1, 2\n3' }, ['keys']],
    [{ method: 'keys', keys: '1, 2\n\n3, 4' }, []],
    [{ method: 'uniform', per: '0', keys: 'x' }, []]
  ] as const)('are asked for where they are used: %j', (change, fields) => {
    const faults = faultsOf({ ...form, ...change }, key, trans);
    expect(Object.keys(faults)).toEqual(fields);
  });

  it('are in the request only where they are used', () => {
    const all = {
      ...form,
      by: ['x', 'y'],
      order: 'z',
      per: '3',
      start: 's',
      end: '',
      keys: '1,2',
      pace: 'fast',
      where: ' a > 1 ',
      allocation: 'equal'
    } as const;
    const asked = (method: typeof form.method) =>
      requestOf('prod', 't', { ...all, method }, 2);
    expect(asked('stratified')).toEqual({
      source: 'prod',
      table: 't',
      rows: 100_000,
      seed: 7,
      dataset: 'prod.bookings',
      masks: {},
      method: 'stratified',
      pace: 'fast',
      where: 'a > 1',
      by: ['x', 'y'],
      allocation: 'equal'
    });
    expect(asked('window')).toMatchObject({ by: ['x'], start: 's', end: null });
    expect(asked('top')).toMatchObject({ by: ['x', 'y'], order: 'z', per: 3 });
    expect(asked('keys')).toMatchObject({ keys: [['1', '2']] });
    expect(asked('all')).not.toHaveProperty('by');
    expect(asked('all')).not.toHaveProperty('children');
  });

  it('come back from a request', () => {
    const whole = {
      ...form,
      method: 'top',
      by: ['x'],
      order: 'z',
      per: '3',
      where: 'a > 1',
      related: true,
      children: ['c'],
      cut: ['p']
    } as const;
    expect(formOf(requestOf('prod', 't', whole, 1))).toEqual(whole);
  });

  it('take keys as they come from a spreadsheet', () => {
    expect(keysOf('a,b\n c \n\n', 1)).toEqual([['a,b'], ['c']]);
    expect(keysOf('1\ta,b\n2, c', 2)).toEqual([
      ['1', 'a,b'],
      ['2', 'c']
    ]);
    const keys = [
      ['1', 'a,b'],
      ['2', 'c']
    ];
    expect(keysOf(textOfKeys(keys), 2)).toEqual(keys);
  });
});

describe('tableNamed', () => {
  it('takes a source and a table', () => {
    expect(tableNamed(' prod  public.a b ')).toEqual({
      source: 'prod',
      table: 'public.a b'
    });
    expect(tableNamed('prod')).toBeNull();
    expect(tableNamed('')).toBeNull();
  });
});
