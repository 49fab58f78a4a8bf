import { Signal } from '@lumino/signaling';
import { HeadwaterError } from '../../api/errors';
import type { HeadwaterEvent, Passport, VerifyResult } from '../../api/types';
import type { IHeadwater, INotebookBridge } from '../../tokens';
import { StampModel } from '../model';
import { passport } from './stamped';

/** Notebooks in a browser, and a server that has their passports. */
class Desk {
  readonly passports = new Map<string, Passport>();
  readonly dirty = new Set<string>();
  readonly asked: string[] = [];
  failure: Error | null = null;
  verify: (path: string) => Promise<VerifyResult> = () =>
    Promise.reject(new Error('not asked for'));
  path: string | null = 'front.ipynb';
  openPaths = ['front.ipynb'];
  readonly currentChanged = new Signal<this, void>(this);
  readonly saved = new Signal<this, string>(this);
  readonly changed = new Signal<this, string>(this);
  readonly openPathsChanged = new Signal<this, void>(this);
  readonly event = new Signal<this, HeadwaterEvent>(this);

  isDirty(path: string): boolean {
    return this.dirty.has(path);
  }

  async model(): Promise<StampModel> {
    const client = {
      passport: (path: string) => {
        this.asked.push(path);
        const found = this.passports.get(path);
        return this.failure === null && found
          ? Promise.resolve(found)
          : Promise.reject(this.failure ?? new Error('no such notebook'));
      },
      verify: (path: string) => this.verify(path)
    };
    const made = new StampModel(
      { client, events: { event: this.event } } as unknown as IHeadwater,
      this as unknown as INotebookBridge
    );
    await settled();
    return made;
  }

  front(path: string | null): Promise<void> {
    this.path = path;
    this.currentChanged.emit();
    return settled();
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await Promise.resolve();
  }
}

const valid: VerifyResult = {
  notebook: 'front.ipynb',
  verdict: 'valid',
  changes: [],
  stamp: null,
  key_id: null,
  notes: []
};

describe('StampModel', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it.each(['stamped', 'changed', 'floating', 'unsigned', 'none'] as const)(
    'says %s as the server does',
    async badge => {
      const desk = new Desk();
      desk.passports.set('front.ipynb', passport({ badge }));
      const model = await desk.model();
      expect(model.badge).toBe(badge);
      expect(model.badgeOf('front.ipynb')).toBe(badge);
    }
  );

  it.each([
    ['stamped', 'changed'],
    ['floating', 'changed'],
    ['unsigned', 'unsigned'],
    ['none', 'none']
  ] as const)('says of an edited notebook that was %s: %s', async (was, is) => {
    const desk = new Desk();
    desk.passports.set('front.ipynb', passport({ badge: was }));
    const model = await desk.model();
    const told = jest.fn();
    model.changed.connect(told);
    desk.dirty.add('front.ipynb');
    desk.changed.emit('front.ipynb');
    expect(told).toHaveBeenCalled();
    expect(model.badge).toBe(is);
  });

  it('claims nothing before the server has answered', async () => {
    const desk = new Desk();
    desk.failure = new HeadwaterError({ code: 'internal', message: 'Down.' });
    const model = await desk.model();
    expect(model.badge).toBeNull();
    expect(model.failure?.message).toBe('Down.');
    await desk.front(null);
    expect(model.badge).toBeNull();
    expect(model.failure).toBeNull();
  });

  it('says of a notebook outside the root, in front or beside, that it is not stamped', async () => {
    const desk = new Desk();
    desk.openPaths = ['front.ipynb', 'beside.ipynb'];
    desk.failure = new HeadwaterError({
      code: 'outside_root',
      message: 'It lies outside.'
    });
    const model = await desk.model();
    expect(model.badge).toBe('outside');
    expect(model.badgeOf('beside.ipynb')).toBe('outside');
    expect(model.failure?.message).toBe('It lies outside.');
    desk.dirty.add('front.ipynb');
    expect(model.badge).toBe('outside');
  });

  it('knows the badges of notebooks beside the one in front', async () => {
    const desk = new Desk();
    desk.openPaths = ['front.ipynb', 'beside.ipynb'];
    desk.passports.set('front.ipynb', passport());
    desk.passports.set('beside.ipynb', passport({ badge: 'none' }));
    const model = await desk.model();
    expect(model.badgeOf('beside.ipynb')).toBe('none');
    desk.passports.set('beside.ipynb', passport({ badge: 'floating' }));
    desk.saved.emit('beside.ipynb');
    await settled();
    expect(model.badgeOf('beside.ipynb')).toBe('floating');
    expect(model.badge).toBe('stamped');
    desk.openPaths = ['front.ipynb'];
    desk.openPathsChanged.emit();
    expect(model.badgeOf('beside.ipynb')).toBeNull();
  });

  it('asks again once after saves and events of this notebook', async () => {
    const desk = new Desk();
    desk.passports.set('front.ipynb', passport());
    await desk.model();
    const { notebook } = passport();
    const event = (topic: string, subject: string | null): void =>
      desk.event.emit({ topic, subject } as unknown as HeadwaterEvent);
    event('stamp', 'another notebook');
    event('version', notebook);
    jest.runAllTimers();
    expect(desk.asked).toHaveLength(1);
    event('stamp', notebook);
    desk.saved.emit('front.ipynb');
    jest.runAllTimers();
    expect(desk.asked).toHaveLength(2);
  });

  it('drops a verdict at the next save', async () => {
    const desk = new Desk();
    desk.passports.set('front.ipynb', passport());
    desk.verify = () => Promise.resolve(valid);
    const model = await desk.model();
    const asked = model.verify();
    expect(model.isVerifying).toBe(true);
    expect(await asked).toBe(valid);
    expect(model.isVerifying).toBe(false);
    expect(model.verdict).toBe(valid);
    desk.saved.emit('front.ipynb');
    expect(model.verdict).toBeNull();
  });

  it('shows no verdict of a notebook that is no longer in front', async () => {
    const desk = new Desk();
    desk.openPaths = ['front.ipynb', 'beside.ipynb'];
    desk.passports.set('front.ipynb', passport());
    desk.passports.set('beside.ipynb', passport());
    let answer: (result: VerifyResult) => void = () => undefined;
    desk.verify = () => new Promise(resolve => (answer = resolve));
    const model = await desk.model();
    const asked = model.verify();
    await desk.front('beside.ipynb');
    answer(valid);
    expect(await asked).toBe(valid);
    expect(model.verdict).toBeNull();
    expect(model.isVerifying).toBe(false);
  });

  it('says why a verification failed', async () => {
    const desk = new Desk();
    desk.passports.set('front.ipynb', passport());
    desk.verify = () =>
      Promise.reject(
        new HeadwaterError({ code: 'invalid_notebook', message: 'Not JSON.' })
      );
    const model = await desk.model();
    expect(await model.verify()).toBeNull();
    expect(model.failure?.message).toBe('Not JSON.');
    expect(model.isVerifying).toBe(false);
  });
});
