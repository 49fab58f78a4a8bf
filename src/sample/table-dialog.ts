/** Asks which table of production is meant, where a command was called without one. */

import { InputDialog, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { asHeadwaterError } from '../api/errors';
import type { IHeadwater } from '../tokens';

/** A table of a source. */
export interface ITableName {
  source: string;
  table: string;
}

/** `prod public.orders` as a table; null when it is none. Only a table's name may hold blanks. */
export function tableNamed(text: string): ITableName | null {
  const [, source, table] = /^\s*(\S+)\s+(\S.*?)\s*$/.exec(text) ?? [];
  return source && table ? { source, table } : null;
}

/** Ask for a table. The first of each source are proposed, and any can be typed; null when none was given. */
export async function askForTable(
  headwater: IHeadwater,
  trans: TranslationBundle
): Promise<ITableName | null> {
  let items: string[];
  try {
    items = await proposals(headwater);
  } catch (reason) {
    const error = asHeadwaterError(reason);
    Notification.error([error.message, error.hint].filter(Boolean).join(' '));
    return null;
  }
  if (items.length === 0) {
    Notification.info(
      trans.__('There is no table of production to draw a sample from.')
    );
    return null;
  }
  const answer = await InputDialog.getItem({
    title: trans.__('Load Sample'),
    label: trans.__('Source and table'),
    okLabel: trans.__('Load Sample'),
    items,
    editable: true
  });
  return answer.button.accept ? tableNamed(answer.value ?? '') : null;
}

async function proposals(headwater: IHeadwater): Promise<string[]> {
  const { sources } = await headwater.client.sources();
  const pages = await Promise.all(
    sources
      .filter(source => source.available)
      .map(async source => {
        const page = await headwater.client.tables(source.name, '');
        return page.tables.map(table => `${source.name} ${table.name}`);
      })
  );
  return pages.flat();
}
