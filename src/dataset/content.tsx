/** The content of a dataset's tab: connects the model to its views. Loaded when the first dataset is opened. */

import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { CommandIDs } from '../commands';
import { Changes } from './changes';
import { Columns } from './columns';
import type { DatasetModel } from './model';
import { Overview } from './overview';
import { Preview } from './preview';
import { ProofSheet } from './proof';
import { Versions } from './versions';
import { DatasetView } from './view';

export class DatasetContent extends ReactWidget {
  constructor(
    model: DatasetModel,
    commands: CommandRegistry,
    trans: TranslationBundle
  ) {
    super();
    this.model = model;
    this._commands = commands;
    this._trans = trans;
    this.addClass('jp-Headwater');
    this._wantRows = (row: number) => void model.wantRows(row);
    this._wantProfiles = (columns: readonly string[]) =>
      void model.wantProfiles(columns);
  }

  readonly model: DatasetModel;

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected render(): JSX.Element {
    const { model } = this;
    const run = (command: string, version?: string): void =>
      void this._commands.execute(command, { dataset: model.name, version });
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <DatasetView
            name={model.name}
            dataset={model.dataset}
            version={model.version}
            newer={model.newer}
            failure={model.failure}
            notice={model.notice}
            tab={model.tab}
            hasTab={tab => model.has(tab)}
            idPrefix={`headwater-${this.id}`}
            trans={this._trans}
            onTab={tab => model.open(tab)}
            onShow={version => void model.show(version)}
            onInsert={() => run(CommandIDs.insertLoadCell)}
            onPin={() => run(CommandIDs.pinDataset, model.version?.version)}
            onCopy={() => run(CommandIDs.copyName)}
            onRefresh={
              model.version?.kind === 'sample'
                ? () => run(CommandIDs.refreshSample, model.version?.version)
                : null
            }
            onRetry={() => void model.load()}
            onDismiss={() => model.dismiss()}
          >
            {this._tab()}
          </DatasetView>
        )}
      </UseSignal>
    );
  }

  private _tab(): JSX.Element | null {
    const { model, _trans: trans } = this;
    const { dataset, version, preview } = model;
    if (dataset === null || version === null) {
      return null;
    }
    switch (model.tab) {
      case 'overview':
        return (
          <Overview
            dataset={dataset}
            version={version}
            trans={trans}
            onDescribe={text => void model.describe(text)}
            onTag={tag => void model.tag(version.version, tag)}
            onUntag={tag => void model.untag(version.version, tag)}
          />
        );
      case 'columns':
        return (
          <Columns
            key={version.version}
            columns={version.schema}
            rows={version.rows}
            profiles={model.profiles}
            failure={model.profileFailure}
            trans={trans}
            onWant={this._wantProfiles}
          />
        );
      case 'preview':
        return (
          <Preview
            key={version.version}
            name={model.name}
            columns={version.schema}
            numeric={preview.numeric}
            where={preview.where}
            total={preview.total}
            totalIsCapped={preview.totalIsCapped}
            pages={preview.pages}
            failure={preview.failure}
            trans={trans}
            onWant={this._wantRows}
            onFilter={where => model.filter(where)}
            onRetry={() => void model.retryRows()}
          />
        );
      case 'changes':
        return (
          <Changes
            changes={model.changes.value}
            before={model.before ?? ''}
            after={version.version}
            failure={model.changes.failure}
            trans={trans}
            onRetry={() => void model.retryTab()}
          />
        );
      case 'proof':
        return (
          <ProofSheet
            proof={model.proof.value}
            failure={model.proof.failure}
            trans={trans}
            onRetry={() => void model.retryTab()}
          />
        );
      case 'versions':
        return (
          <Versions
            versions={model.versions}
            hasMore={model.hasMoreVersions}
            shown={version.version}
            editable={dataset.editable}
            trans={trans}
            onShow={name => void model.show(name)}
            onPin={name =>
              void this._commands.execute(CommandIDs.pinDataset, {
                dataset: model.name,
                version: name
              })
            }
            onMore={() => void model.moreVersions()}
            onTag={(name, tag) => void model.tag(name, tag)}
            onUntag={(name, tag) => void model.untag(name, tag)}
          />
        );
    }
  }

  private readonly _commands: CommandRegistry;
  private readonly _trans: TranslationBundle;
  private readonly _wantRows: (row: number) => void;
  private readonly _wantProfiles: (columns: readonly string[]) => void;
}
