/** Public interfaces of Headwater and their tokens. Everyone may import this file; it imports types only. */

import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { IHeadwaterClient } from './api/client';
import type { IEventStream } from './api/events';
import type { Job, Pin } from './api/types';

/** The dataset that commands without arguments mean: the one selected last, in the list or by its tab. */
export interface IDatasetSelection {
  readonly dataset: string | null;
  /** `v12` where a version was chosen, else null for the newest. */
  readonly version: string | null;
  readonly changed: ISignal<IDatasetSelection, void>;
  select(dataset: string | null, version?: string | null): void;
}

/** The connection to the Headwater server extension. */
export interface IHeadwater {
  readonly client: IHeadwaterClient;
  readonly events: IEventStream;
  readonly selection: IDatasetSelection;
}

export const IHeadwater = new Token<IHeadwater>(
  'jupyterlab-headwater:IHeadwater',
  'The typed client of the Headwater server extension and its stream of events.'
);

/** The server's record of a notebook. */
export interface INotebookRecord {
  readonly id: string;
  readonly pins: readonly Pin[];
  /** Whether the file holds the record, or will with its next save. A notebook without data is left alone. */
  readonly isKept: boolean;
}

/** The notebook in front, as features may see and change it. */
export interface INotebookBridge {
  /** Path of the notebook in front, below the server's root, or null. */
  readonly path: string | null;
  /** Name to show for it, or null. */
  readonly name: string | null;
  /** Emitted when another notebook comes to the front, or the one in front is renamed. */
  readonly currentChanged: ISignal<INotebookBridge, void>;
  /** Emitted with the path after a notebook was saved from this browser. */
  readonly saved: ISignal<INotebookBridge, string>;
  /** Emitted with the path when the content of a notebook changed since its last save. */
  readonly changed: ISignal<INotebookBridge, string>;
  /** Whether the notebook at `path` has unsaved changes in this browser. */
  isDirty(path: string): boolean;
  /** Paths of all notebooks open in this browser. */
  readonly openPaths: readonly string[];
  /** Emitted when a notebook is opened or closed in this browser. */
  readonly openPathsChanged: ISignal<INotebookBridge, void>;
  /**
   * Insert a code cell below the active cell of the notebook in front (or of `path`) and make it active.
   * @returns the path of the notebook that took it, or null when no notebook is open.
   */
  insertCell(source: string, path?: string): string | null;
  /**
   * The code that loads each of `datasets`, a line each, with the import where no cell of the notebook at `path` (else
   * in front) has it.
   * @example `import headwater as hw\nflights = hw.load("demo.flights")`
   */
  loadSource(datasets: string | readonly string[], path?: string): string;
  /** Path of the notebook open in this browser that `node` is a part of, or null. */
  pathAt(node: Node): string | null;
  /**
   * Let what the server holds of the notebook at `path` go along when it is saved: a save under another path is then
   * known to be a copy of it.
   */
  mirror(path: string, record: INotebookRecord): void;
  /** Note that the notebook at `path` has something to save, such as a pin that the server writes at the save. */
  touch(path: string): void;
  /** Bring the cell with this id of the notebook at `path` into view and select it. */
  revealCell(path: string, cellId: string): void;
  /** Save the notebook at `path` if it is open here. */
  save(path: string): Promise<void>;
}

export const INotebookBridge = new Token<INotebookBridge>(
  'jupyterlab-headwater:INotebookBridge',
  'The notebook in front: its path, its saves, and inserting a cell. The only door to notebook models.'
);

/** The pins of notebooks, for features other than the pins panel. */
export interface IPinner {
  /** What the notebook in front is pinned to, or null while nothing is known of it. */
  readonly summary: IPinSummary | null;

  /** Emitted when `summary` may be another. */
  readonly changed: ISignal<unknown, void>;

  /** Pin `dataset` (to `version`, else the newest) in the notebook at `path` (else the one in front). */
  pin(dataset: string, version?: string, path?: string): Promise<boolean>;

  /** Pin a set of versions at once: all or none, and taken back by one undo. */
  pinAll(
    versions: readonly { dataset: string; version?: string }[],
    path?: string
  ): Promise<boolean>;
}

/** How many pins a notebook has, and how many of them have a newer version. */
export interface IPinSummary {
  pins: number;
  behind: number;
}

export const IPinner = new Token<IPinner>(
  'jupyterlab-headwater:IPinner',
  'Pins a dataset version to a notebook.'
);

/** Long work on the server, shown to the user with progress and a way to stop it. */
export interface IJobs {
  /**
   * Show `job` until it ends.
   * @returns the ended job: done, failed or cancelled; what went wrong was shown.
   */
  follow(job: Job): Promise<Job>;
}

export const IJobs = new Token<IJobs>(
  'jupyterlab-headwater:IJobs',
  'Follows long work on the server: progress, cancel and how it ended.'
);
