/** Datasets as tabs of the main area, and the load cell. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  MainAreaWidget,
  Notification,
  WidgetTracker
} from '@jupyterlab/apputils';
import { ITranslator, type TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import { CommandIDs, type IDatasetArgs } from '../commands';
import { IHeadwater, INotebookBridge } from '../tokens';
import type { DatasetContent } from './content';
import { DatasetModel, type DatasetTab, TABS } from './model';
import headwaterSvg from '../../style/icons/headwater.svg';

const datasetIcon = new LabIcon({
  name: 'headwater:dataset',
  svgstr: headwaterSvg
});

const ARGS = {
  type: 'object',
  properties: {
    dataset: { type: 'string', description: 'The dataset, as namespace.name' },
    version: { type: 'string', description: 'v12; the newest when absent' },
    path: {
      type: 'string',
      description: 'Path of the notebook; the one in front when absent'
    },
    tab: { type: 'string', description: 'The tab to turn to', enum: TABS },
    behind: {
      type: 'boolean',
      description: 'Leave what is in front there'
    }
  }
};

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-headwater:dataset',
  description: 'Shows a dataset: overview, columns, preview and versions.',
  autoStart: true,
  requires: [IHeadwater, INotebookBridge, ITranslator],
  optional: [ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    headwater: IHeadwater,
    bridge: INotebookBridge,
    translator: ITranslator,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = translator.load('jupyterlab_headwater');
    const tracker = new WidgetTracker<MainAreaWidget<DatasetContent>>({
      namespace: 'headwater'
    });
    addOpen(app, headwater, tracker, trans);
    addInsert(app, headwater, bridge, trans);
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.openDataset,
        args: widget => ({ dataset: widget.content.model.name }),
        name: widget => widget.content.model.name
      });
    }
    tracker.currentChanged.connect((_, widget) => {
      if (widget) {
        const { name, version } = widget.content.model;
        headwater.selection.select(name, version?.version ?? null);
      }
    });
    const category = trans.__('Headwater');
    palette?.addItem({ command: CommandIDs.openDataset, category });
    palette?.addItem({ command: CommandIDs.insertLoadCell, category });
  }
};

function addOpen(
  app: JupyterFrontEnd,
  headwater: IHeadwater,
  tracker: WidgetTracker<MainAreaWidget<DatasetContent>>,
  trans: TranslationBundle
): void {
  app.commands.addCommand(CommandIDs.openDataset, {
    label: trans.__('Open Dataset'),
    caption: trans.__('Show what the dataset holds and its versions'),
    icon: datasetIcon,
    describedBy: { args: ARGS },
    isEnabled: args =>
      ((args as IDatasetArgs).dataset ?? headwater.selection.dataset) !== null,
    execute: async args => {
      const wanted = args as IDatasetArgs;
      const name = wanted.dataset ?? headwater.selection.dataset;
      if (name === null) {
        return;
      }
      const tab = TABS.find(one => one === wanted.tab);
      const open = tracker.find(widget => widget.content.model.name === name);
      if (open) {
        if (!wanted.behind) {
          app.shell.activateById(open.id);
        }
        await turn(open.content.model, wanted.version, tab);
        return open;
      }
      const { DatasetContent } = await import('./content');
      const model = new DatasetModel(headwater, name);
      const content = new DatasetContent(model, app.commands, trans);
      const widget = new MainAreaWidget({ content });
      widget.id = `headwater-dataset-${name.replace('.', '-')}`;
      content.id = `${widget.id}-content`;
      widget.title.label = name;
      widget.title.caption = name;
      widget.title.icon = datasetIcon;
      widget.toolbar.hide();
      void tracker.add(widget);
      app.shell.add(widget, 'main', { activate: !wanted.behind });
      if (!wanted.behind) {
        app.shell.activateById(widget.id);
      }
      void model.load(wanted.version).then(() => turn(model, undefined, tab));
      return widget;
    }
  });
}

/** Show `version` and turn to `tab`, where they are wanted and there. */
async function turn(
  model: DatasetModel,
  version?: string,
  tab?: DatasetTab
): Promise<void> {
  if (version !== undefined) {
    await model.show(version);
  }
  if (tab !== undefined && model.has(tab)) {
    model.open(tab);
  }
}

function addInsert(
  app: JupyterFrontEnd,
  headwater: IHeadwater,
  bridge: INotebookBridge,
  trans: TranslationBundle
): void {
  app.commands.addCommand(CommandIDs.insertLoadCell, {
    label: trans.__('Insert Load Cell'),
    caption: trans.__(
      'Insert a cell into the notebook in front that loads the dataset'
    ),
    describedBy: { args: ARGS },
    isEnabled: args =>
      ((args as IDatasetArgs).dataset ?? headwater.selection.dataset) !== null,
    execute: args => {
      const { dataset: given, path } = args as IDatasetArgs;
      const dataset = given ?? headwater.selection.dataset;
      if (dataset === null) {
        return null;
      }
      const taken = bridge.insertCell(bridge.loadSource(dataset, path), path);
      if (taken === null) {
        Notification.warning(
          trans.__(
            'Open a notebook first: the cell goes into the one in front.'
          ),
          {
            autoClose: 5_000
          }
        );
      }
      return taken;
    }
  });
}

export default plugin;
