/** Asks for the name and the message of the version that a file becomes. */

import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ImportRequest } from '../api/types';

const NAME =
  /^[A-Za-z0-9_][A-Za-z0-9_-]{0,127}\.[A-Za-z0-9_][A-Za-z0-9_-]{0,127}$/;

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
  implements Dialog.IBodyWidget<ImportRequest | null>
{
  constructor(path: string, trans: TranslationBundle) {
    super();
    this._path = path;
    this._trans = trans;
    this._name = suggestedName(path);
  }

  /** The request, or null while the name is not one. */
  getValue(): ImportRequest | null {
    return NAME.test(this._name)
      ? { path: this._path, name: this._name, message: this._message.trim() }
      : null;
  }

  protected render(): JSX.Element {
    const trans = this._trans;
    const wrong = !NAME.test(this._name);
    return (
      <div className="jp-Headwater-form">
        <label>
          {trans.__('Dataset')}
          <input
            className="jp-mod-styled"
            type="text"
            value={this._name}
            aria-invalid={wrong}
            aria-describedby="headwater-import-rule"
            autoFocus
            onChange={event => {
              this._name = event.target.value;
              this.update();
            }}
          />
        </label>
        <p
          id="headwater-import-rule"
          className={wrong ? 'jp-mod-error' : 'jp-Headwater-dim'}
        >
          {trans.__(
            'Two parts of letters, digits, - and _, with a dot between, such as sales.orders. A name that exists gets a new version.'
          )}
        </p>
        <label>
          {trans.__('Message')}
          <input
            className="jp-mod-styled"
            type="text"
            value={this._message}
            placeholder={trans.__('What this version is')}
            onChange={event => {
              this._message = event.target.value;
              this.update();
            }}
          />
        </label>
      </div>
    );
  }

  private readonly _path: string;
  private readonly _trans: TranslationBundle;
  private _name: string;
  private _message = '';
}

/** Ask for the request; null when the user changed their mind or gave no good name. */
export async function askForImport(
  path: string,
  trans: TranslationBundle
): Promise<ImportRequest | null> {
  const answer = await showDialog({
    title: trans.__('Save %1 as a Version', PathExt.basename(path)),
    body: new ImportBody(path, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Save as Version') })
    ]
  });
  return answer.button.accept ? answer.value : null;
}
