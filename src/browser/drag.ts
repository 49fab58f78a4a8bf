/** Dragging a dataset into a notebook: it drops as a cell, or as code into a cell. */

import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';

/** The type under which JupyterLab's notebooks take cells. */
const CELLS = 'application/vnd.jupyter.cells';

/** The type of a dataset's name. */
export const DATASET = 'application/vnd.headwater.dataset';

/** Start a drag of `dataset`, which loads by `source`, at the pointer. */
export function dragDataset(
  dataset: string,
  source: string,
  at: { clientX: number; clientY: number },
  from: unknown
): void {
  const mimeData = new MimeData();
  mimeData.setData(CELLS, [
    {
      cell_type: 'code',
      source,
      metadata: {},
      outputs: [],
      execution_count: null
    }
  ]);
  mimeData.setData('text/plain', source);
  mimeData.setData(DATASET, dataset);
  const dragImage = document.createElement('div');
  dragImage.className = 'jp-Headwater-dragImage';
  dragImage.textContent = dataset;
  const drag = new Drag({
    mimeData,
    dragImage,
    supportedActions: 'copy',
    proposedAction: 'copy',
    source: from
  });
  void drag.start(at.clientX, at.clientY).then(() => drag.dispose());
}

/** The type under which the file browser drags files. */
export const FILES = 'application/x-jupyter-icontents';

/**
 * Call `show` when files are dragged over the side bar's tab of the widget `id`: it shares the place of the file browser
 * that they come from, so that they could not be dropped on it otherwise.
 */
export function showForFiles(id: string, show: () => void): void {
  document.addEventListener('lm-dragenter', event => {
    const { mimeData, target } = event as Drag.Event;
    const tab = (target as Element).closest('.jp-SideBar [data-id]');
    if (mimeData.hasData(FILES) && tab?.getAttribute('data-id') === id) {
      show();
    }
  });
}
