/** The dialog of a sample. Loaded when it is first opened. */

import {
  Clipboard,
  Dialog,
  ReactWidget,
  showDialog,
  UseSignal
} from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { SamplePlan, SampleRequest } from '../api/types';
import type { IHeadwater } from '../tokens';
import { SamplePlanner } from './planner';
import { RecipesModel } from './recipes-model';
import { Recipes } from './recipes';
import { TableField } from './table-field';
import { SampleView } from './view';

/** The body of the dialog; its value is the request. */
export class SampleBody
  extends ReactWidget
  implements Dialog.IBodyWidget<SampleRequest>
{
  constructor(
    headwater: IHeadwater,
    planner: SamplePlanner,
    trans: TranslationBundle
  ) {
    super();
    this._headwater = headwater;
    this._planner = planner;
    this._recipes = new RecipesModel(headwater);
    this._trans = trans;
    this.addClass('jp-Headwater-sampleBody');
    void planner.replan();
    void this._recipes.load();
  }

  getValue(): SampleRequest {
    return this._planner.request;
  }

  override dispose(): void {
    this._planner.dispose();
    this._recipes.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const planner = this._planner;
    return (
      <UseSignal signal={planner.changed}>
        {() => (
          <Told onShown={() => this._judge()}>
            <SampleView
              plan={planner.plan}
              failure={planner.failure}
              form={planner.form}
              faults={planner.faults}
              isPlanning={planner.isPlanning}
              tableField={
                <TableField
                  source={planner.source}
                  table={planner.table}
                  trans={this._trans}
                  findTables={this._findTables}
                  onTable={table => planner.turnTo(table)}
                />
              }
              recipes={plan => this._saved(plan)}
              trans={this._trans}
              onChange={change => planner.change(change)}
              onRetry={() => void planner.replan()}
            />
          </Told>
        )}
      </UseSignal>
    );
  }

  private _saved(plan: SamplePlan): JSX.Element {
    const recipes = this._recipes;
    const planner = this._planner;
    const isRight =
      Object.keys(planner.faults).length === 0 && planner.failure === null;
    return (
      <UseSignal signal={recipes.changed}>
        {() => (
          <Recipes
            plan={plan}
            recipes={recipes.recipes}
            deleted={recipes.deleted}
            saved={recipes.saved}
            failure={recipes.failure}
            canSave={isRight}
            isPlanning={planner.isPlanning}
            trans={this._trans}
            onCopy={text => Clipboard.copyToSystem(text)}
            onSave={name => void recipes.save(name, planner.request)}
            onUse={recipe => planner.use(recipe.request)}
            onDelete={name => void recipes.remove(name)}
            onUndo={() => void recipes.undo()}
          />
        )}
      </UseSignal>
    );
  }

  private readonly _findTables = async (
    query: string
  ): Promise<readonly string[]> => {
    const { source } = this._planner;
    const page = await this._headwater.client.tables(source, query);
    return page.tables.map(table => table.name);
  };

  /** The dialog looks for errors in its body when something is typed; ours may come later, with an answer. */
  private _judge(): void {
    this.node.dispatchEvent(new Event('input', { bubbles: true }));
  }

  private readonly _headwater: IHeadwater;
  private readonly _planner: SamplePlanner;
  private readonly _recipes: RecipesModel;
  private readonly _trans: TranslationBundle;
}

/** Tells when its children are on the page, each time they are. */
function Told(props: {
  onShown: () => void;
  children: React.ReactNode;
}): JSX.Element {
  React.useEffect(() => props.onShown());
  return <>{props.children}</>;
}

/** Ask how to draw; null when the user changed their mind. */
export async function askForSample(
  headwater: IHeadwater,
  source: string,
  table: string,
  trans: TranslationBundle
): Promise<SampleRequest | null> {
  const planner = new SamplePlanner(headwater, source, table, trans);
  const answer = await showDialog({
    title: trans.__('Load Sample'),
    body: new SampleBody(headwater, planner, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Load Sample') })
    ]
  });
  return answer.button.accept ? answer.value : null;
}
