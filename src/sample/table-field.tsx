/** The root table: any of the source, found by typing. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Field } from './field';

export function TableField(props: {
  source: string;
  table: string;
  trans: TranslationBundle;
  /** The names of tables that a text is a part of. */
  findTables: (query: string) => Promise<readonly string[]>;
  onTable: (table: string) => void;
}): JSX.Element {
  const { source, table, trans, findTables, onTable } = props;
  const [typed, setTyped] = React.useState(table);
  const [names, setNames] = React.useState<readonly string[]>([table]);
  const id = React.useId();
  React.useEffect(() => setTyped(table), [table]);
  React.useEffect(() => {
    let isWanted = true;
    const timer = window.setTimeout(() => {
      // Of the whole name of a table the others are wanted too.
      void findTables(typed === table ? '' : typed).then(
        found => isWanted && setNames(found),
        () => undefined
      );
    }, 200);
    return () => {
      isWanted = false;
      window.clearTimeout(timer);
    };
  }, [typed, table, findTables]);
  return (
    <>
      <Field label={trans.__('Table of %1', source)} isWide>
        <input
          className="jp-mod-styled"
          type="text"
          list={id}
          spellCheck={false}
          autoComplete="off"
          value={typed}
          onChange={event => {
            setTyped(event.target.value);
            if (names.includes(event.target.value)) {
              onTable(event.target.value);
            }
          }}
          onBlur={() => setTyped(table)}
        />
      </Field>
      <datalist id={id}>
        {names.map(name => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
