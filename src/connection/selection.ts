/** The dataset that commands without arguments mean. */

import { Signal, type ISignal } from '@lumino/signaling';
import type { IDatasetSelection } from '../tokens';

export class DatasetSelection implements IDatasetSelection {
  get dataset(): string | null {
    return this._dataset;
  }

  get version(): string | null {
    return this._version;
  }

  get changed(): ISignal<IDatasetSelection, void> {
    return this._changed;
  }

  select(dataset: string | null, version: string | null = null): void {
    if (dataset !== this._dataset || version !== this._version) {
      this._dataset = dataset;
      this._version = version;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<IDatasetSelection, void>(this);
  private _dataset: string | null = null;
  private _version: string | null = null;
}
