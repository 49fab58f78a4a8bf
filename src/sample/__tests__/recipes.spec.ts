import { HeadwaterError } from '../../api/errors';
import type { SampleRequest, SavedRecipe } from '../../api/types';
import type { IHeadwater } from '../../tokens';
import { RecipesModel } from '../recipes-model';

const request: SampleRequest = { source: 'prod', table: 'public.t' };

function made() {
  const kept = new Map<string, SavedRecipe>();
  const saved = (name: string, asked: SampleRequest) =>
    ({ name, request: asked, owner: 'ada' }) as SavedRecipe;
  kept.set('old', saved('old', request));
  const client = {
    recipes: () => Promise.resolve({ recipes: [...kept.values()] }),
    saveRecipe: jest.fn((name: string, asked: SampleRequest) => {
      kept.set(name, saved(name, asked));
      return Promise.resolve(kept.get(name));
    }),
    deleteRecipe: (name: string) => {
      const gone = kept.get(name);
      kept.delete(name);
      return gone
        ? Promise.resolve(gone)
        : Promise.reject(
            new HeadwaterError({ code: 'recipe_not_found', message: 'None.' })
          );
    }
  };
  const model = new RecipesModel({ client } as unknown as IHeadwater);
  return { model, client, kept };
}

const names = (model: RecipesModel) => model.recipes?.map(one => one.name);

describe('RecipesModel', () => {
  it('saves, deletes and brings back', async () => {
    const { model, kept } = made();
    await model.load();
    await model.save(' gold ', { ...request, rows: 5 });
    expect(names(model)).toEqual(['gold', 'old']);
    expect(model.saved).toBe('gold');
    await model.remove('gold');
    expect(names(model)).toEqual(['old']);
    expect(model.deleted?.request.rows).toBe(5);
    await model.undo();
    expect(names(model)).toEqual(['gold', 'old']);
    expect(kept.get('gold')?.request.rows).toBe(5);
    expect(model.deleted).toBeNull();
  });

  it('says what was refused and keeps what it shows', async () => {
    const { model } = made();
    await model.load();
    await model.remove('none');
    expect(model.failure?.message).toBe('None.');
    expect(names(model)).toEqual(['old']);
    await model.load();
    expect(model.failure).toBeNull();
  });
});
