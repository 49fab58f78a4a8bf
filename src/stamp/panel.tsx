/** The widgets of the stamp: toolbar badge, status bar item and passport. */

import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import { CommandIDs } from '../commands';
import type { INotebookBridge, IPinner } from '../tokens';
import { Skeleton } from '../ui/states';
import { StampBadge, badgeMeaning, badgeText } from './badge';
import type { StampModel } from './model';

/** Loaded when the passport is first looked at. */
const PassportView = React.lazy(async () => ({
  default: (await import('./view')).PassportView
}));

/** The badge in the toolbar of one notebook, whose path may change. */
export class BadgeWidget extends ReactWidget {
  constructor(
    path: () => string,
    model: StampModel,
    commands: CommandRegistry,
    trans: TranslationBundle
  ) {
    super();
    this._path = path;
    this._model = model;
    this._commands = commands;
    this._trans = trans;
    this.addClass('jp-Headwater-toolbarBadge');
  }

  protected render(): JSX.Element {
    return (
      <UseSignal signal={this._model.changed}>
        {() => {
          const badge = this._model.badgeOf(this._path());
          return (
            badge && (
              <StampBadge
                badge={badge}
                trans={this._trans}
                onClick={() =>
                  void this._commands.execute(CommandIDs.showPassport)
                }
              />
            )
          );
        }}
      </UseSignal>
    );
  }

  private readonly _path: () => string;
  private readonly _model: StampModel;
  private readonly _commands: CommandRegistry;
  private readonly _trans: TranslationBundle;
}

/** `3 pins, 1 behind | stamped` in the status bar. */
export class StatusItem extends ReactWidget {
  constructor(
    model: StampModel,
    pinner: IPinner | null,
    commands: CommandRegistry,
    trans: TranslationBundle
  ) {
    super();
    this._model = model;
    this._pinner = pinner;
    this._commands = commands;
    this._trans = trans;
    model.changed.connect(() => this.update());
    pinner?.changed.connect(() => this.update());
  }

  protected render(): JSX.Element | null {
    const { badge } = this._model;
    if (badge === null) {
      return null;
    }
    const parts = [this._pins(), badgeText(badge, this._trans)];
    return (
      <button
        type="button"
        className="jp-Headwater-status"
        data-badge={badge}
        title={`${badgeMeaning(badge, this._trans)} ${this._trans.__('Click for the passport.')}`}
        onClick={() => void this._commands.execute(CommandIDs.showPassport)}
      >
        {parts.filter(Boolean).join(' | ')}
      </button>
    );
  }

  private _pins(): string {
    const summary = this._pinner?.summary;
    if (!summary) {
      return '';
    }
    const pins = this._trans._n('%1 pin', '%1 pins', summary.pins);
    return summary.behind > 0
      ? this._trans.__('%1, %2 behind', pins, summary.behind)
      : pins;
  }

  private readonly _model: StampModel;
  private readonly _pinner: IPinner | null;
  private readonly _commands: CommandRegistry;
  private readonly _trans: TranslationBundle;
}

/** The passport in the right sidebar. */
export class PassportPanel extends ReactWidget {
  constructor(
    model: StampModel,
    bridge: INotebookBridge,
    commands: CommandRegistry,
    trans: TranslationBundle
  ) {
    super();
    this._model = model;
    this._bridge = bridge;
    this._commands = commands;
    this._trans = trans;
    this.addClass('jp-Headwater');
    this.node.tabIndex = -1;
  }

  /** Whoever opens the passport by the keyboard is then in it. */
  protected override onActivateRequest(): void {
    this.node.focus();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.update();
  }

  protected render(): JSX.Element {
    return this.isVisible ? (
      <React.Suspense
        fallback={
          <Skeleton rows={5} label={this._trans.__('Loading the passport')} />
        }
      >
        {this._passport()}
      </React.Suspense>
    ) : (
      <></>
    );
  }

  private _passport(): JSX.Element {
    const model = this._model;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <PassportView
            notebook={model.name}
            passport={model.passport}
            badge={model.badge ?? 'none'}
            failure={model.failure}
            verdict={model.verdict}
            isVerifying={model.isVerifying}
            trans={this._trans}
            onOpen={(dataset, version) =>
              void this._commands.execute(CommandIDs.openDataset, {
                dataset,
                version
              })
            }
            onReveal={cell => {
              if (model.path !== null) {
                this._bridge.revealCell(model.path, cell);
              }
            }}
            onVerify={() => void model.verify()}
            onRetry={() => void model.refresh()}
          />
        )}
      </UseSignal>
    );
  }

  private readonly _model: StampModel;
  private readonly _bridge: INotebookBridge;
  private readonly _commands: CommandRegistry;
  private readonly _trans: TranslationBundle;
}
