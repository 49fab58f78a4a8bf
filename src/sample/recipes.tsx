/** The recipe as text, and the recipes that are kept by a name. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { SamplePlan, SavedRecipe } from '../api/types';
import { Icon, IconButton } from '../ui/icons';
import { FailureNotice, type IFailure } from '../ui/states';
import { Age } from '../ui/time';

export interface IRecipesProps {
  plan: SamplePlan;
  recipes: readonly SavedRecipe[] | null;
  deleted: SavedRecipe | null;
  saved: string | null;
  failure: IFailure | null;
  /** Whether the form means something that can be kept. */
  canSave: boolean;
  isPlanning: boolean;
  trans: TranslationBundle;
  onCopy: (text: string) => void;
  onSave: (name: string) => void;
  onUse: (recipe: SavedRecipe) => void;
  onDelete: (name: string) => void;
  onUndo: () => void;
}

export function Recipes(props: IRecipesProps): JSX.Element {
  const { plan, trans } = props;
  return (
    <div
      className="jp-Headwater-sample-pane jp-Headwater-sample-recipes"
      aria-busy={props.isPlanning}
    >
      <div>
        <div className="jp-Headwater-sample-bar">
          <h3>{trans.__('This recipe')}</h3>
          <IconButton
            icon="copy"
            label={trans.__('Copy the recipe')}
            disabled={!plan.text}
            onClick={() => props.onCopy(plan.text ?? '')}
          />
        </div>
        <textarea
          className="jp-mod-styled jp-Headwater-sample-text"
          readOnly
          spellCheck={false}
          aria-label={trans.__('The recipe as text')}
          value={plan.text ?? ''}
        />
        <p className="jp-Headwater-dim">
          {trans.__('In a file, it is what headwater sample --recipe takes.')}
        </p>
      </div>
      <div>
        <h3>{trans.__('Saved recipes')}</h3>
        <SaveForm {...props} />
        <FailureNotice failure={props.failure} />
        <p className="jp-Headwater-sample-said" role="status">
          {props.saved && trans.__('Saved as %1.', props.saved)}
          {props.deleted && (
            <>
              {trans.__('%1 was deleted.', props.deleted.name)}{' '}
              <button
                type="button"
                className="jp-Headwater-link"
                onClick={props.onUndo}
              >
                {trans.__('Undo')}
              </button>
            </>
          )}
        </p>
        <SavedList {...props} />
      </div>
    </div>
  );
}

function SaveForm(props: IRecipesProps): JSX.Element {
  const { trans } = props;
  const [name, setName] = React.useState('');
  const save = (): void => {
    props.onSave(name);
    setName('');
  };
  const canSave = props.canSave && name.trim() !== '';
  const input = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    // A dialog takes Enter for its own button before anything in it hears of the key.
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Enter' && event.target === input.current) {
        event.preventDefault();
        event.stopPropagation();
        if (canSave) {
          save();
        }
      }
    };
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  });
  return (
    <div className="jp-Headwater-sample-bar">
      <input
        ref={input}
        className="jp-mod-styled"
        type="text"
        maxLength={80}
        aria-label={trans.__('Name of the recipe')}
        placeholder={trans.__('Name, for all to use')}
        value={name}
        onChange={event => setName(event.target.value)}
      />
      <button
        type="button"
        className="jp-Headwater-button"
        disabled={!canSave}
        onClick={save}
      >
        {trans.__('Save')}
      </button>
    </div>
  );
}

function SavedList(props: IRecipesProps): JSX.Element {
  const { recipes, trans } = props;
  if (recipes?.length === 0) {
    return (
      <p className="jp-Headwater-dim">
        {trans.__('None yet. A saved one draws the same way for everybody.')}
      </p>
    );
  }
  return (
    <ul className="jp-Headwater-sample-saved" aria-busy={recipes === null}>
      {recipes?.map(recipe => (
        <li key={recipe.name}>
          <button
            type="button"
            className="jp-Headwater-link"
            aria-label={trans.__('Use %1', recipe.name)}
            onClick={() => props.onUse(recipe)}
          >
            {recipe.name}
          </button>
          <span className="jp-Headwater-dim">
            {recipe.request.source} {recipe.request.table} · {recipe.owner} ·{' '}
            <Age at={recipe.changed} />
          </span>
          <button
            type="button"
            className="jp-Headwater-iconButton"
            aria-label={trans.__('Delete %1', recipe.name)}
            title={trans.__('Delete %1', recipe.name)}
            onClick={() => props.onDelete(recipe.name)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}
