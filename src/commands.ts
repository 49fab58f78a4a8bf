/** Command ids (`headwater:verb-noun`) and the types of their arguments. Features speak by these and by tokens. */

export namespace CommandIDs {
  export const showBrowser = 'headwater:show-browser';
  export const openDataset = 'headwater:open-dataset';
  export const insertLoadCell = 'headwater:insert-load-cell';
  export const copyName = 'headwater:copy-name';
  export const refreshBrowser = 'headwater:refresh-browser';
  export const importFile = 'headwater:import-file';
  export const showPins = 'headwater:show-pins';
  export const pinDataset = 'headwater:pin-dataset';
  export const unpinDataset = 'headwater:unpin-dataset';
  export const upgradePin = 'headwater:upgrade-pin';
  export const undoPin = 'headwater:undo-pin';
  export const loadSample = 'headwater:load-sample';
  export const configureSample = 'headwater:configure-sample';
  export const refreshSample = 'headwater:refresh-sample';
  export const cancelJob = 'headwater:cancel-job';
  export const showPassport = 'headwater:show-passport';
  export const verifyNotebook = 'headwater:verify-notebook';
}

/** Arguments of the commands on a dataset; without `dataset` a command takes the selection of the browser. */
export interface IDatasetArgs {
  dataset?: string;
  /** `v12`; the newest when absent. */
  version?: string;
  /** Path of the notebook; the one in front when absent. */
  path?: string;
  /** Which tab of the dataset's page to turn to; as it was when absent. */
  tab?: string;
  /** Leave what is in front there. */
  behind?: boolean;
}

/** Arguments of the commands on a table of a source; without any, the user is asked which. */
export interface ISampleArgs {
  source?: string;
  table?: string;
  /** The table under the context menu. */
  pointed?: boolean;
}

/** Arguments of `headwater:import-file`. */
export interface IImportArgs {
  /** Path below the server's root; when absent what is selected in the file browser, else a choice of files. */
  path?: string;
  /** Let files be chosen, whatever is selected. */
  choose?: boolean;
}
