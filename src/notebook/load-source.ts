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

/** `orders = hw.load("sales.orders@v2", …`, as it stands at the start of a line. */
const LOADS =
  /^[ \t]*([A-Za-z_]\w*)[ \t]*=[ \t]*hw\.load\(\s*(["'])((?:\\.|(?!\2).)*)\2/gm;

/** A Python name for `sales.2024-orders`: its last part, never a keyword, e.g. `orders_2024` stays, `2024` gets `_`. */
export function variableName(dataset: string): string {
  return pythonName(dataset.slice(dataset.lastIndexOf('.') + 1));
}

/**
 * The code that loads each of `datasets`, under a name that stands for nothing else in `sources`: `orders`, else
 * `sales_orders`, else `sales_orders_2`. A name that loads this dataset already is taken again.
 * @param sources - the code cells of the notebook that will take it
 */
export function loadSource(
  datasets: readonly string[],
  sources: readonly string[]
): string {
  const lines: string[] = [];
  for (const dataset of datasets) {
    const name = freeName(dataset, [...sources, ...lines]);
    lines.push(`${name} = hw.load(${JSON.stringify(dataset)})`);
  }
  return sources.some(source => IMPORTS.test(source))
    ? lines.join('\n')
    : `import headwater as hw\n\n${lines.join('\n')}`;
}

function freeName(dataset: string, sources: readonly string[]): string {
  const loaded = new Map<string, Set<string>>();
  for (const source of sources) {
    for (const [, name, , reference] of source.matchAll(LOADS)) {
      const others = loaded.get(name) ?? new Set();
      loaded.set(name, others.add(reference.split('@')[0]));
    }
  }
  const isFree = (name: string): boolean => {
    const datasets = loaded.get(name);
    return datasets
      ? datasets.size === 1 && datasets.has(dataset)
      : !sources.some(source => binds(source, name));
  };
  const whole = pythonName(dataset);
  const plain = [variableName(dataset), whole].find(isFree);
  let number = 2;
  while (plain === undefined && !isFree(`${whole}_${number}`)) {
    number += 1;
  }
  return plain ?? `${whole}_${number}`;
}

/** Whether a line of `source` gives `name` a meaning: an assignment, a loop, an import, a definition. */
function binds(source: string, name: string): boolean {
  const assigns = `^[ \\t]*(?:[\\w.*(), \\t]*,[ \\t]*\\(?)?${name}\\b[^=\\n]*=(?!=)`;
  const others = `\\b(?:as|for|def|class|import)[ \\t]+(?:\\w+[ \\t]*,[ \\t]*)*${name}\\b`;
  return new RegExp(`${assigns}|${others}`, 'm').test(source);
}

function pythonName(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9_]/g, '_').toLowerCase();
  const name = /^[0-9]/.test(plain) || plain === '' ? `_${plain}` : plain;
  return KEYWORDS.has(name) ? `${name}_` : name;
}
