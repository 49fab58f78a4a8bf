import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { expect, test, type Page } from '@playwright/test';

import { headwater, notebooks } from '../pages/command-line';
import { Notebook } from '../pages/notebook';
import { Server } from '../pages/server';

const EXAMPLE = resolve(
  __dirname,
  '..',
  '..',
  'examples',
  '1 Late departures.ipynb'
);
const NAME = 'control.ipynb';
const RUN = 'control-run.ipynb';

/** Text, a table, a picture, an error's trace: what outputs are made of. */
const SOURCES = [
  'import headwater as hw\nhw.pin("nyc.weather", "v1")\nairlines = hw.load("nyc.airlines")\nprint(len(airlines))',
  'airlines.head(3)',
  'import base64\nfrom IPython.display import Image\nImage(base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="))',
  'try:\n    1 / 0\nexcept ZeroDivisionError:\n    get_ipython().showtraceback()'
];

/** The same JupyterLab without Headwater, in the browser and in the server. */
function withoutHeadwater(page: Page, folder: string): Promise<Server> {
  const settings = join(folder, 'settings');
  mkdirSync(settings, { recursive: true });
  writeFileSync(
    join(settings, 'page_config.json'),
    JSON.stringify({ disabledExtensions: { 'jupyterlab-headwater': true } })
  );
  return Server.start(page, folder, [
    `--LabApp.app_settings_dir=${settings}`,
    "--ServerApp.jpserver_extensions={'jupyterlab_headwater': False}"
  ]);
}

/** Open the notebook, save it, and give back what is on disk. */
async function openedAndSaved(
  page: Page,
  base: string,
  file: string
): Promise<string> {
  const before = statSync(file).mtimeMs;
  await page.goto(`${base}/lab/tree/${basename(file)}?reset`);
  await page.locator('.jp-NotebookPanel .jp-Cell').first().waitFor();
  await expect(
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
  ).toBeVisible();
  await page.locator('.jp-Cell').nth(1).click();
  // The kernel says its language after it is idle, and JupyterLab writes that into the notebook.
  await expect
    .poll(
      async () => {
        await page.keyboard.press('Control+s');
        return readFileSync(file, 'utf8');
      },
      { timeout: 60_000, intervals: [2_000] }
    )
    .toContain('pygments_lexer');
  await expect.poll(() => statSync(file).mtimeMs).not.toBe(before);
  await page.waitForTimeout(1_000);
  return readFileSync(file, 'utf8');
}

test('opening and saving an unchanged notebook writes what JupyterLab alone writes', async ({
  page,
  baseURL
}) => {
  const folder = test.info().outputPath('control');
  const server = await withoutHeadwater(page, folder);
  try {
    copyFileSync(EXAMPLE, join(folder, NAME));
    copyFileSync(EXAMPLE, join(notebooks, NAME));
    const control = await openedAndSaved(page, server.url, join(folder, NAME));
    expect(control).not.toContain('headwater": {');
    const ours = await openedAndSaved(
      page,
      baseURL as string,
      join(notebooks, NAME)
    );
    // Nothing was run and nothing changed, so there is nothing to stamp either.
    expect(ours).toBe(control);

    await page.reload();
    await page.locator('.jp-NotebookPanel .jp-Cell').first().waitFor();
    await expect(
      page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    ).toBeVisible();
    await page.keyboard.press('Control+s');
    await page.waitForTimeout(3_000);
    expect(readFileSync(join(notebooks, NAME), 'utf8')).toBe(ours);
  } finally {
    server.stop();
  }
});

test('a stamped notebook with outputs is written as JupyterLab alone writes it, and stays valid', async ({
  page,
  baseURL
}) => {
  const folder = test.info().outputPath('control');
  const file = join(notebooks, RUN);
  const server = await withoutHeadwater(page, folder);
  try {
    new Notebook(RUN).write(...SOURCES);
    expect(headwater('run', file).code).toBe(0);
    const stamped = readFileSync(file, 'utf8');
    for (const part of ['"stamp"', '"nyc.weather"', 'image/png', 'text/html']) {
      expect(stamped).toContain(part);
    }
    copyFileSync(file, join(folder, RUN));
    const control = await openedAndSaved(page, server.url, join(folder, RUN));
    const ours = await openedAndSaved(page, baseURL as string, file);
    expect(ours).toBe(control);
    expect(headwater('verify', file)).toMatchObject({
      code: 0,
      document: { results: [{ verdict: 'valid' }] }
    });
  } finally {
    server.stop();
  }
});
