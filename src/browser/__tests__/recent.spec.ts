import { StateDB } from '@jupyterlab/statedb';
import { Signal } from '@lumino/signaling';
import { HeadwaterError } from '../../api/errors';
import type { IHeadwater } from '../../tokens';
import { RecentModel } from '../recent-model';

const gone = new Set<string>();

function headwater(): IHeadwater {
  const owner = {};
  return {
    client: {
      dataset: (name: string) =>
        gone.has(name)
          ? Promise.reject(
              new HeadwaterError({ code: 'x', message: 'x', status: 404 })
            )
          : Promise.resolve({ name })
    },
    events: { event: new Signal(owner) },
    selection: { changed: new Signal(owner), dataset: null }
  } as unknown as IHeadwater;
}

const names = (model: RecentModel): string[] | undefined =>
  model.datasets?.map(one => one.name);

beforeEach(() => gone.clear());

it('lists what was used last, each once, the last one first', async () => {
  const model = new RecentModel(headwater(), null);
  for (const name of ['a.a', 'a.b', 'a.a', 'a.c', 'a.c']) {
    await model.note(name);
  }
  expect(model.datasets).toBeNull();
  await model.refresh();
  expect(names(model)).toEqual(['a.c', 'a.a', 'a.b']);
});

it('is remembered, a dozen of them, without those that are gone', async () => {
  const state = new StateDB();
  const before = new RecentModel(headwater(), state);
  for (let i = 0; i < 20; i++) {
    await before.note(`a.t${i}`);
  }
  gone.add('a.t18');
  const after = new RecentModel(headwater(), state);
  await after.refresh();
  expect(names(after)?.slice(0, 2)).toEqual(['a.t19', 'a.t17']);
  expect(names(after)).toHaveLength(11);
});

it('takes nothing but names from what was kept', async () => {
  const state = new StateDB();
  await state.save('headwater:recent', { names: [1, 'a.b', null] });
  const model = new RecentModel(headwater(), state);
  await model.refresh();
  expect(names(model)).toEqual(['a.b']);
});
