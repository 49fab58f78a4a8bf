/** Stamps: the badge in each notebook's toolbar, the status bar item and the passport. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import { CommandIDs } from '../commands';
import { IHeadwater, INotebookBridge, IPinner } from '../tokens';
import { StampModel } from './model';
import { BadgeWidget, PassportPanel, StatusItem } from './panel';
import stampSvg from '../../style/icons/stamp.svg';

const stampIcon = new LabIcon({ name: 'headwater:stamp', svgstr: stampSvg });

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-headwater:stamp',
  description: 'Shows what a notebook rests on.',
  autoStart: true,
  requires: [IHeadwater, INotebookBridge, ITranslator],
  optional: [
    IToolbarWidgetRegistry,
    IStatusBar,
    IPinner,
    ICommandPalette,
    ILayoutRestorer
  ],
  activate: (
    app: JupyterFrontEnd,
    headwater: IHeadwater,
    bridge: INotebookBridge,
    translator: ITranslator,
    toolbar: IToolbarWidgetRegistry | null,
    statusBar: IStatusBar | null,
    pinner: IPinner | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = translator.load('jupyterlab_headwater');
    const { commands, shell } = app;
    const model = new StampModel(headwater, bridge);
    const panel = new PassportPanel(model, bridge, commands, trans);
    panel.id = 'headwater-passport';
    panel.title.icon = stampIcon;
    panel.title.caption = trans.__('Headwater passport');
    shell.add(panel, 'right', { rank: 210 });
    restorer?.add(panel, panel.id);

    commands.addCommand(CommandIDs.showPassport, {
      label: trans.__('Show Passport'),
      caption: trans.__('Show what the notebook in front rests on'),
      icon: stampIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => shell.activateById(panel.id)
    });
    commands.addCommand(CommandIDs.verifyNotebook, {
      label: trans.__('Verify Notebook'),
      caption: trans.__(
        'Compare the saved notebook with its stamp and its signature'
      ),
      icon: stampIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => model.path !== null,
      execute: async () => {
        shell.activateById(panel.id);
        return model.verify();
      }
    });

    toolbar?.addFactory<IDocumentWidget>(
      'Notebook',
      'headwater-stamp',
      notebook => {
        const path = (): string =>
          app.serviceManager.contents.localPath(notebook.context.path);
        return new BadgeWidget(path, model, commands, trans);
      }
    );
    statusBar?.registerStatusItem('jupyterlab-headwater:stamp', {
      item: new StatusItem(model, pinner, commands, trans),
      align: 'middle',
      isActive: () => model.path !== null,
      activeStateChanged: model.changed
    });
    const category = trans.__('Headwater');
    palette?.addItem({ command: CommandIDs.showPassport, category });
    palette?.addItem({ command: CommandIDs.verifyNotebook, category });
  }
};

export default plugin;
