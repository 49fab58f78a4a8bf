/** The fields of an import: the dataset's name, a message, and the types of columns that shall not be guessed. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { IconButton } from '../ui/icons';
import { DATASET_PATTERN, isDatasetName } from '../ui/dataset-name';

export interface IColumnType {
  column: string;
  type: string;
}

export interface IImportDraft {
  name: string;
  message: string;
  types: readonly IColumnType[];
}

/** The types that are suggested; any type that an import knows can be written. */
const TYPES = [
  'string',
  'int64',
  'double',
  'decimal128(12, 2)',
  'bool',
  'date32',
  'timestamp[us]',
  'timestamp[us, tz=UTC]'
];

export function ImportForm(props: {
  /** What the fields hold at first. */
  initial: IImportDraft;
  trans: TranslationBundle;
  onChange: (draft: IImportDraft) => void;
}): JSX.Element {
  const { trans } = props;
  const [draft, setDraft] = React.useState(props.initial);
  const id = React.useId();
  const rule = `${id}rule`;
  const wrong = !isDatasetName(draft.name);
  const change = (part: Partial<IImportDraft>): void => {
    const changed = { ...draft, ...part };
    setDraft(changed);
    props.onChange(changed);
  };
  const retype = (place: number, part: Partial<IColumnType>): void =>
    change({
      types: draft.types.map((one, index) =>
        index === place ? { ...one, ...part } : one
      )
    });
  return (
    <div className="jp-Headwater-form">
      <label>
        {trans.__('Dataset')}
        <input
          className="jp-mod-styled"
          type="text"
          value={draft.name}
          required
          pattern={DATASET_PATTERN}
          aria-invalid={wrong}
          aria-describedby={rule}
          onChange={event => change({ name: event.target.value })}
        />
      </label>
      <p
        id={rule}
        role={wrong ? 'alert' : undefined}
        className={wrong ? 'jp-Headwater-wrong' : 'jp-Headwater-dim'}
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
          value={draft.message}
          placeholder={trans.__('What this version is')}
          onChange={event => change({ message: event.target.value })}
        />
      </label>
      <fieldset>
        <legend>{trans.__('Types')}</legend>
        <p className="jp-Headwater-dim">
          {trans.__(
            'Types are read from the file. Give one to a column that needs another.'
          )}
        </p>
        <datalist id={`${id}types`}>
          {TYPES.map(type => (
            <option key={type} value={type} />
          ))}
        </datalist>
        {draft.types.map((one, place) => (
          <div key={place} className="jp-Headwater-form-type">
            <input
              className="jp-mod-styled"
              type="text"
              value={one.column}
              required
              aria-label={trans.__('Column')}
              placeholder={trans.__('column')}
              onChange={event => retype(place, { column: event.target.value })}
            />
            <input
              className="jp-mod-styled"
              type="text"
              value={one.type}
              required
              list={`${id}types`}
              aria-label={trans.__('Type of %1', one.column)}
              placeholder={trans.__('type, such as string')}
              onChange={event => retype(place, { type: event.target.value })}
            />
            <IconButton
              icon="close"
              label={trans.__('Leave %1 as it is read', one.column)}
              onClick={() =>
                change({ types: draft.types.filter(other => other !== one) })
              }
            />
          </div>
        ))}
        <button
          type="button"
          className="jp-Headwater-link"
          onClick={() =>
            change({ types: [...draft.types, { column: '', type: '' }] })
          }
        >
          {trans.__('Give a type')}
        </button>
      </fieldset>
    </div>
  );
}
