/** The left sidebar's panel: connects the models to their views, and takes files that are dropped. */

import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import type { Drag } from '@lumino/dragdrop';
import * as React from 'react';
import { CommandIDs } from '../commands';
import type { INotebookBridge } from '../tokens';
import { dragDataset, FILES } from './drag';
import type { BrowserModel } from './model';
import type { ProductionModel } from './production-model';
import { ProductionView } from './production';
import { RecentView } from './recent';
import type { RecentModel } from './recent-model';
import { BrowserView, type BrowserTab } from './view';

const DROP_CLASS = 'jp-mod-dropTarget';

export class BrowserPanel extends ReactWidget {
  constructor(options: BrowserPanel.IOptions) {
    super();
    this._options = options;
    this.addClass('jp-Headwater');
    this._onRange = (first: number, last: number) =>
      void options.model.want(first, last);
  }

  /** Show one of the tabs. */
  showTab(tab: BrowserTab): void {
    this._tab = tab;
    if (tab !== 'datasets') {
      this._options[tab].start();
    }
    this.update();
  }

  handleEvent(event: Event): void {
    const drag = event as Drag.Event;
    if (!drag.mimeData?.hasData(FILES)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    // The file browser offers a move alone; what it offers is taken, and nothing is moved.
    drag.dropAction = drag.proposedAction;
    if (event.type === 'lm-dragleave') {
      this.removeClass(DROP_CLASS);
    } else if (event.type === 'lm-drop') {
      this.removeClass(DROP_CLASS);
      void this._import(drag.mimeData.getData(FILES) as readonly string[]);
    } else {
      this.addClass(DROP_CLASS);
    }
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._options.model.start();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    for (const type of [
      'lm-dragenter',
      'lm-dragover',
      'lm-dragleave',
      'lm-drop'
    ]) {
      this.node.addEventListener(type, this);
    }
    if (this.isVisible) {
      this._options.model.start();
    }
  }

  protected override onBeforeDetach(message: Message): void {
    for (const type of [
      'lm-dragenter',
      'lm-dragover',
      'lm-dragleave',
      'lm-drop'
    ]) {
      this.node.removeEventListener(type, this);
    }
    super.onBeforeDetach(message);
  }

  protected render(): JSX.Element {
    const { model, commands, trans } = this._options;
    const run = (command: string, args: Record<string, string> = {}): void =>
      void commands.execute(command, args);
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <BrowserView
            tab={this._tab}
            search={model.search}
            rowAt={place => model.rowAt(place)}
            listKey={model.listKey}
            shifted={model.shifted}
            total={model.total}
            totalIsCapped={model.totalIsCapped}
            namespaces={model.namespaces}
            warnings={model.warnings}
            failure={model.failure}
            selectedPlace={model.selectedPlace}
            production={this._production()}
            recent={this._recent()}
            trans={trans}
            onTab={tab => this.showTab(tab)}
            onFind={change => model.find(change)}
            onNamespaces={() => void model.wantNamespaces()}
            onSelect={place => model.selectAt(place)}
            onOpen={dataset => run(CommandIDs.openDataset, { dataset })}
            onInsert={dataset => run(CommandIDs.insertLoadCell, { dataset })}
            onPin={dataset => run(CommandIDs.pinDataset, { dataset })}
            onRange={this._onRange}
            onDrag={(name, event) => this._drag(name, event)}
            onRefresh={() => run(CommandIDs.refreshBrowser)}
            onImport={() =>
              void commands.execute(CommandIDs.importFile, { choose: true })
            }
          />
        )}
      </UseSignal>
    );
  }

  private _production(): JSX.Element {
    const { production, commands, trans } = this._options;
    return (
      <UseSignal signal={production.changed}>
        {() => (
          <ProductionView
            sources={production.sources}
            failure={production.failure}
            query={production.query}
            tablesOf={source => {
              const { cursor, ...found } = production.tables(source);
              return { ...found, hasMore: cursor !== null };
            }}
            trans={trans}
            onFind={query => production.find(query)}
            onMore={source => void production.more(source)}
            onLoad={(source, table) =>
              void commands.execute(CommandIDs.loadSample, { source, table })
            }
            onConfigure={(source, table) =>
              void commands.execute(CommandIDs.configureSample, {
                source,
                table
              })
            }
            onRetry={() => void production.refresh()}
          />
        )}
      </UseSignal>
    );
  }

  private _recent(): JSX.Element {
    const { recent, commands, trans } = this._options;
    const run = (command: string, dataset: string): void =>
      void commands.execute(command, { dataset });
    return (
      <UseSignal signal={recent.changed}>
        {() => (
          <RecentView
            rows={
              recent.datasets?.map(({ newest, ...dataset }) => ({
                ...newest,
                ...dataset,
                updated: newest.created
              })) ?? null
            }
            failure={recent.failure}
            selected={recent.selected}
            trans={trans}
            onSelect={name => recent.select(name)}
            onOpen={name => run(CommandIDs.openDataset, name)}
            onInsert={name => run(CommandIDs.insertLoadCell, name)}
            onPin={name => run(CommandIDs.pinDataset, name)}
            onDrag={(name, event) => this._drag(name, event)}
            onRetry={() => void recent.refresh()}
          />
        )}
      </UseSignal>
    );
  }

  private _drag(name: string, event: React.PointerEvent): void {
    const { bridge } = this._options;
    dragDataset(
      name,
      target => bridge.loadSource(name, bridge.pathAt(target) ?? undefined),
      event,
      this
    );
  }

  /** Ask about one file after the other. */
  private async _import(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await this._options.commands.execute(CommandIDs.importFile, { path });
    }
  }

  private readonly _options: BrowserPanel.IOptions;
  private readonly _onRange: (first: number, last: number) => void;
  private _tab: BrowserTab = 'datasets';
}

export namespace BrowserPanel {
  export interface IOptions {
    model: BrowserModel;
    production: ProductionModel;
    recent: RecentModel;
    bridge: INotebookBridge;
    commands: CommandRegistry;
    trans: TranslationBundle;
  }
}
