// Print the gzip size of every chunk of the built front end, and fail over the budget.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET = 200 * 1024;
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
