import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import { DatasetBrowser } from '../pages/browser';
import { headwater, notebooks } from '../pages/command-line';
import { DatasetTab } from '../pages/dataset';

const NOTEBOOK = '3 Weather, on an older version.ipynb';

test.use({ autoGoto: false });

const fromPalette = async (page: Page, label: string): Promise<void> => {
  await page.keyboard.press('Control+Shift+c');
  await page.locator('.lm-CommandPalette-input').fill(label);
  await page
    .locator('.lm-CommandPalette-item', { hasText: label })
    .first()
    .click();
};

const clipboard = (page: Page): Promise<string> =>
  page.evaluate(() => navigator.clipboard.readText());

test('start-up loads what the first paint needs; a tab and a dialog come when they are opened', async ({
  page
}) => {
  const loaded = new Set<string>();
  page.on('request', request => {
    const [, file] = request.url().split('/jupyterlab-headwater/static/');
    if (file) {
      loaded.add(file);
    }
  });
  const browser = new DatasetBrowser(page);
  await page.goto();
  await browser.show();
  await expect(browser.row('nyc.flights')).toBeVisible();
  const atStart = loaded.size;
  await browser.row('nyc.flights').dblclick();
  await expect(new DatasetTab(page, 'nyc.flights').root).toBeVisible();
  expect(loaded.size).toBeGreaterThan(atStart);
  const withTab = loaded.size;
  await browser.turnTo('Production');
  await browser
    .table('public.customers')
    .getByRole('button', { name: /Choose rows and masks/ })
    .click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Cancel' })
    .click();
  expect(loaded.size).toBeGreaterThan(withTab);
});

test('the list is narrowed, ordered and used by keys alone', async ({
  page
}) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const browser = new DatasetBrowser(page);
  await page.goto();
  await page.notebook.openByPath(NOTEBOOK);
  await page.locator('.jp-NotebookPanel .jp-Cell').first().waitFor();
  await browser.show();
  await expect(browser.row('nyc.flights')).toBeVisible();
  const names = (): Promise<string[]> =>
    browser.rows
      .locator('[data-dataset]')
      .evaluateAll(rows => rows.map(row => row.getAttribute('data-dataset')!));

  await browser.root.getByLabel('Order', { exact: true }).selectOption('rows');
  await expect(browser.rows.first()).toContainText('flights');
  await browser.root.getByRole('button', { name: /turn the order/ }).click();
  await expect(browser.rows.first()).not.toContainText('flights');
  const smallestFirst = await names();
  expect(smallestFirst.indexOf('nyc.airlines')).toBeLessThan(
    smallestFirst.indexOf('nyc.flights')
  );
  await browser.root.getByLabel('Order', { exact: true }).selectOption('name');
  await browser.root.getByLabel('Namespace', { exact: true }).hover();
  await browser.root
    .getByLabel('Namespace', { exact: true })
    .selectOption('nyc');
  await expect(browser.root.getByText('5 datasets')).toBeVisible();
  await browser.root
    .getByLabel('Kind', { exact: true })
    .selectOption('simulated');
  await expect(browser.root).toContainText('Nothing found');
  await browser.root.getByRole('button', { name: 'Show all datasets' }).click();

  await browser.search.fill('weather');
  await expect(browser.rows.first()).toContainText('weather');
  await browser.search.press('ArrowDown');
  await expect(browser.active).toContainText('weather');
  await page.keyboard.press('Shift+F10');
  await expect(
    page.locator('.lm-Menu-itemLabel', { hasText: 'Insert Load Cell' })
  ).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('menu.png') });
  await page.locator('.lm-Menu-itemLabel', { hasText: 'Copy Name' }).click();
  await expect.poll(() => clipboard(page)).toBe('nyc.weather');
  await browser.search.fill('');
  await expect(browser.row('nyc.planes')).toBeVisible();
  await browser.row('nyc.planes').click();
  await page.keyboard.press('Home');
  await expect(browser.active).toHaveAttribute('aria-posinset', '1');
  await page.keyboard.press('End');
  await expect(browser.active).toContainText('weather');
  await page.keyboard.press('PageUp');
  await expect(browser.active).toHaveAttribute('aria-posinset', '1');
  await browser.row('nyc.planes').click();
  await fromPalette(page, 'Copy Name');
  await expect.poll(() => clipboard(page)).toBe('nyc.planes');
  await fromPalette(page, 'Insert Load Cell');
  await expect(
    page.locator('.jp-Cell', { hasText: 'hw.load("nyc.planes")' })
  ).toBeVisible();
  await browser.row('nyc.planes').click();
  await page.keyboard.press('Enter');
  await expect(new DatasetTab(page, 'nyc.planes').root).toBeVisible();
  await browser.turnTo('Recent');
  await expect(browser.rows.first()).toContainText('planes');
  await page.screenshot({ path: test.info().outputPath('recent.png') });
});

test('files dropped on the panel become versions; a wrong name is asked for again', async ({
  page
}) => {
  writeFileSync(
    join(notebooks, 'towns.csv'),
    'zip,town\n0123,Oslo\n0456,Rome\n'
  );
  const browser = new DatasetBrowser(page);
  await page.goto();
  await page.theme.setDarkTheme();
  await page
    .getByRole('button', { name: 'Refresh the file browser' })
    .first()
    .click()
    .catch(() => undefined);
  const item = page.locator('.jp-DirListing-item', { hasText: 'towns.csv' });
  await item.click();
  const from = (await item.boundingBox())!;
  const tab = (await page
    .locator('.jp-SideBar [data-id="headwater-browser"]')
    .boundingBox())!;
  await page.mouse.move(from.x + 40, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 30, { steps: 4 });
  // The tab under the drag brings the panel to the front.
  let step = 0;
  await expect(async () => {
    step += 1;
    await page.mouse.move(tab.x + 8 + (step % 8), tab.y + 12, { steps: 2 });
    await expect(browser.root).toBeVisible({ timeout: 500 });
  }).toPass();
  const to = (await browser.root.boundingBox())!;
  await page.mouse.move(to.x + 100, to.y + 400, { steps: 8 });
  await expect(browser.root).toHaveClass(/jp-mod-dropTarget/);
  await page.screenshot({ path: test.info().outputPath('drop.png') });
  await page.mouse.up();

  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Dataset').fill('towns');
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel('Dataset')).toBeFocused();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByRole('button', { name: 'Give a type' }).click();
  await dialog.getByLabel('Column', { exact: true }).fill('zip');
  await dialog.getByLabel('Type of zip').fill('string');
  await page.screenshot({ path: test.info().outputPath('import.png') });
  await dialog.getByLabel('Dataset').fill('geo.towns');
  await dialog.getByRole('button', { name: 'Save as Version' }).click();
  await expect(browser.row('geo.towns')).toContainText('2 rows');
  await browser.row('geo.towns').dblclick();
  const towns = new DatasetTab(page, 'geo.towns');
  await towns.turnTo('Preview');
  await expect(towns.root.getByText('0123')).toBeVisible();

  await towns.turnTo('Overview');
  await towns.root.getByRole('button', { name: 'Add tag' }).click();
  await page.keyboard.type('golden');
  await page.keyboard.press('Enter');
  await expect(towns.root.getByText('golden')).toBeVisible();
  await towns.root
    .getByRole('button', { name: 'Take the tag golden away' })
    .click();
  await expect(towns.root.getByText('golden')).toHaveCount(0);

  headwater('import', join(notebooks, 'towns.csv'), '--as', 'geo.towns');
  await expect(towns.root).toContainText('v2 is newer.', { timeout: 2_000 });
  await expect(browser.row('geo.towns')).toContainText('v2');
  await expect(browser.active).toContainText('towns');
  await page.screenshot({ path: test.info().outputPath('newer.png') });
  await towns.root.getByRole('button', { name: 'Show v2' }).click();
  await expect(towns.root).not.toContainText('is newer');
});
