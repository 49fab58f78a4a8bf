/** Asks for the name, the message and the types of the version that a file becomes. */

import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ImportRequest } from '../api/types';
import { ImportForm, type IImportDraft } from './import-form';

/** A name that `path` suggests: `work/Orders 2024.csv` gives `data.orders_2024`. */
export function suggestedName(path: string): string {
  const base = PathExt.basename(path).replace(/\..*$/, '');
  const plain = base
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^-+/, '')
    .toLowerCase();
  return `data.${plain || 'table'}`.slice(0, 128);
}

class ImportBody
  extends ReactWidget
  implements Dialog.IBodyWidget<ImportRequest>
{
  constructor(path: string, trans: TranslationBundle) {
    super();
    this._path = path;
    this._trans = trans;
    this._draft = { name: suggestedName(path), message: '', types: [] };
  }

  getValue(): ImportRequest {
    const { name, message, types } = this._draft;
    return {
      path: this._path,
      name,
      message: message.trim(),
      types: Object.fromEntries(types.map(one => [one.column, one.type.trim()]))
    };
  }

  protected render(): JSX.Element {
    return (
      <ImportForm
        initial={this._draft}
        trans={this._trans}
        onChange={draft => {
          this._draft = draft;
        }}
      />
    );
  }

  private readonly _path: string;
  private readonly _trans: TranslationBundle;
  private _draft: IImportDraft;
}

/** A dialog that stays, and points at the field, while one is not filled in as it must be. */
class ImportDialog extends Dialog<ImportRequest> {
  constructor(options: Partial<Dialog.IOptions<ImportRequest>>) {
    super(options);
    this._accepts = (options.buttons ?? []).map(button => button.accept);
  }

  override resolve(index = this._accepts.length - 1): void {
    const wrong = this.node.querySelector<HTMLInputElement>('input:invalid');
    if (this._accepts[index] && wrong !== null) {
      wrong.focus();
      wrong.reportValidity();
      return;
    }
    super.resolve(index);
  }

  private readonly _accepts: readonly boolean[];
}

/** Ask for the request; null when the user changed their mind. */
export async function askForImport(
  path: string,
  trans: TranslationBundle
): Promise<ImportRequest | null> {
  const dialog = new ImportDialog({
    title: trans.__('Save %1 as a Version', PathExt.basename(path)),
    body: new ImportBody(path, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Save as Version') })
    ],
    focusNodeSelector: 'input'
  });
  const answer = await dialog.launch();
  return answer.button.accept ? answer.value : null;
}
