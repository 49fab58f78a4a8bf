/** The saved recipes of the home: list, save, delete, bring back. */

import { Signal, type ISignal } from '@lumino/signaling';
import { asHeadwaterError, type HeadwaterError } from '../api/errors';
import type { SampleRequest, SavedRecipe } from '../api/types';
import type { IHeadwater } from '../tokens';

export class RecipesModel {
  constructor(headwater: IHeadwater) {
    this._client = headwater.client;
  }

  get changed(): ISignal<RecipesModel, void> {
    return this._changed;
  }

  /** By name; null before they came. */
  get recipes(): readonly SavedRecipe[] | null {
    return this._recipes;
  }

  /** The one that was deleted last, which can be brought back. */
  get deleted(): SavedRecipe | null {
    return this._deleted;
  }

  /** The name that was saved last. */
  get saved(): string | null {
    return this._saved;
  }

  get failure(): HeadwaterError | null {
    return this._failure;
  }

  async load(): Promise<void> {
    await this._do(async () => {
      this._recipes = (await this._client.recipes()).recipes;
    });
  }

  /** Keep `request` by a name, in the place of what has it. */
  async save(name: string, request: SampleRequest): Promise<void> {
    await this._do(async () => {
      const saved = await this._client.saveRecipe(name.trim(), request);
      this._put(saved);
      this._saved = saved.name;
      this._deleted = null;
    });
  }

  async remove(name: string): Promise<void> {
    await this._do(async () => {
      this._deleted = await this._client.deleteRecipe(name);
      this._saved = null;
      this._recipes = (this._recipes ?? []).filter(one => one.name !== name);
    });
  }

  /** Bring the deleted one back. */
  async undo(): Promise<void> {
    const deleted = this._deleted;
    if (deleted !== null) {
      await this._do(async () => {
        this._put(await this._client.saveRecipe(deleted.name, deleted.request));
        this._deleted = null;
      });
    }
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private async _do(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this._failure = null;
    } catch (reason) {
      this._failure = asHeadwaterError(reason);
    }
    this._changed.emit();
  }

  private _put(recipe: SavedRecipe): void {
    const others = (this._recipes ?? []).filter(
      one => one.name !== recipe.name
    );
    this._recipes = [...others, recipe].sort((a, b) =>
      a.name < b.name ? -1 : 1
    );
  }

  private readonly _client: IHeadwater['client'];
  private readonly _changed = new Signal<RecipesModel, void>(this);
  private _recipes: readonly SavedRecipe[] | null = null;
  private _deleted: SavedRecipe | null = null;
  private _saved: string | null = null;
  private _failure: HeadwaterError | null = null;
}
