/** Keys as people type them: one a line, the columns of a longer key with a comma or, from a spreadsheet, a tab between. */

/** The keys of `text`; of a key of one column a line is all, whatever is in it. */
export function keysOf(text: string, columns: number): string[][] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .map(line =>
      columns === 1
        ? [line]
        : line.split(line.includes('\t') ? '\t' : ',').map(part => part.trim())
    );
}

/** The text of these keys. */
export function textOfKeys(keys: readonly (readonly string[])[]): string {
  return keys
    .map(key => key.join(key.some(part => part.includes(',')) ? '\t' : ', '))
    .join('\n');
}
