/** Dragging a dataset into a notebook: it drops as a cell, or as code into a cell. */

import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';

/** The type under which JupyterLab's notebooks take cells. */
const CELLS = 'application/vnd.jupyter.cells';

/** The type of a dataset's name. */
export const DATASET = 'application/vnd.headwater.dataset';

/**
 * Start a drag of `dataset` at the pointer.
 * @param sourceFor - the code that loads it in what it is dropped on
 */
export function dragDataset(
  dataset: string,
  sourceFor: (target: Node) => string,
  at: { clientX: number; clientY: number },
  from: unknown
): void {
  const mimeData = new MimeData();
  const fill = (target: Node): void => {
    const source = sourceFor(target);
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
  };
  fill(document.body);
  mimeData.setData(DATASET, dataset);
  // Which notebook takes it is known at the drop, before that notebook reads the data.
  const onDrop = (event: Event): void => fill(event.target as Node);
  document.addEventListener('lm-drop', onDrop, true);
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
  void drag.start(at.clientX, at.clientY).then(() => {
    document.removeEventListener('lm-drop', onDrop, true);
    drag.dispose();
  });
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
