// Print the gzip size of every chunk of the built front end, and fail over the budget, or when the modules that a page
// opens later are no chunks of their own.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET = 200 * 1024;

// What marks a module that start-up must not load: a class name that it alone has.
const LATER = {
  'the tab of a dataset': 'jp-Headwater-page-facts',
  'the passport': 'jp-Headwater-sentence',
  'the dialog of a sample': 'jp-Headwater-sample-pane',
  'the dialog of an import': 'jp-Headwater-form-type'
};
const root = new URL('../jupyterlab_headwater/labextension/static/', import.meta.url).pathname;

const sizes = readdirSync(root)
  .filter(name => name.endsWith('.js'))
  .map(name => [name, gzipSync(readFileSync(join(root, name)), { level: 9 }).length])
  .sort((a, b) => b[1] - a[1]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);

for (const [name, size] of sizes) {
  console.log(`${String(size).padStart(8)}  ${name}`);
}
console.log(`${String(total).padStart(8)}  all chunks, gzip; the budget is ${BUDGET}`);
if (total > BUDGET) {
  console.error('The front end is over its budget. Load heavy views by a dynamic import, or drop a library.');
  process.exit(1);
}

const code = sizes
  .map(([name]) => [name, readFileSync(join(root, name), 'utf8')])
  .filter(([name]) => !name.startsWith('style'));
const [start, loaded] = code.find(([, text]) => text.includes('jupyterlab-headwater:browser'));
for (const [what, mark] of Object.entries(LATER)) {
  const chunk = code.find(([, text]) => text.includes(mark));
  if (chunk === undefined || loaded.includes(mark)) {
    console.error(`${what} (${mark}) is ${chunk ? `in ${start}, which start-up loads` : 'in no chunk'}.`);
    console.error('Import it where it is opened, by a dynamic import.');
    process.exitCode = 1;
  }
}
