/** The right sidebar's panel of pins: connects the model to its view. */

import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { CommandIDs } from '../commands';
import type { IDatasetSelection } from '../tokens';
import type { PinsModel } from './model';
import { PinsView } from './view';

export class PinsPanel extends ReactWidget {
  constructor(
    model: PinsModel,
    selection: IDatasetSelection,
    commands: CommandRegistry,
    trans: TranslationBundle
  ) {
    super();
    this._model = model;
    this._selection = selection;
    this._commands = commands;
    this._trans = trans;
    this.addClass('jp-Headwater');
  }

  protected render(): JSX.Element {
    const model = this._model;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <PinsView
            notebook={model.name}
            pins={model.pins?.pins ?? null}
            failure={model.failure}
            notice={model.notice}
            canUndo={model.canUndo}
            trans={this._trans}
            onOpen={(dataset, version) =>
              void this._commands.execute(CommandIDs.openDataset, {
                dataset,
                version
              })
            }
            onChange={(dataset, version) => void model.change(dataset, version)}
            onUnpin={dataset => void model.unpin(dataset)}
            onRefresh={(dataset, version) =>
              void this._commands.execute(CommandIDs.refreshSample, {
                dataset,
                version
              })
            }
            onExplain={(dataset, reason) => void model.explain(dataset, reason)}
            onUndo={() => void model.undo()}
            onDismiss={() => model.dismiss()}
            onRetry={() => void model.refresh()}
            onBrowse={() => void this._commands.execute(CommandIDs.showBrowser)}
            onSelect={dataset => this._selection.select(dataset)}
            loadVersions={(dataset, cursor) => model.versions(dataset, cursor)}
          />
        )}
      </UseSignal>
    );
  }

  private readonly _model: PinsModel;
  private readonly _selection: IDatasetSelection;
  private readonly _commands: CommandRegistry;
  private readonly _trans: TranslationBundle;
}
