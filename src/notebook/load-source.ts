/** The code of a cell that loads a dataset. */

const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from ' +
    'global if import in is lambda nonlocal not or pass raise return try while with yield match case type ' +
    // Names that a notebook would miss if they meant data.
    'hw pd np list dict set str int float bool sum min max len range print input id map filter'
  ).split(' ')
);

const IMPORTS = /^\s*import\s+headwater\s+as\s+hw\b/m;

/** A Python name for `sales.2024-orders`: its last part, never a keyword, e.g. `orders_2024` stays, `2024` gets `_`. */
export function variableName(dataset: string): string {
  const last = dataset.slice(dataset.lastIndexOf('.') + 1);
  const plain = last.replace(/[^A-Za-z0-9_]/g, '_').toLowerCase();
  const name = /^[0-9]/.test(plain) || plain === '' ? `_${plain}` : plain;
  return KEYWORDS.has(name) ? `${name}_` : name;
}

/**
 * The code that loads `dataset`, under a name that `sources` do not assign yet when they load another dataset under it.
 * @param sources - the code cells of the notebook that will take it
 */
export function loadSource(
  dataset: string,
  sources: readonly string[]
): string {
  const line = `${variableName(dataset)} = hw.load(${JSON.stringify(dataset)})`;
  return sources.some(source => IMPORTS.test(source))
    ? line
    : `import headwater as hw\n\n${line}`;
}
