import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@jupyterlab/galata';

import { DatasetBrowser } from '../pages/browser';
import { notebooks } from '../pages/command-line';
import { DatasetTab } from '../pages/dataset';
import { PassportPanel } from '../pages/passport';
import { PinsPanel } from '../pages/pins';

const NOTEBOOK = '3 Weather, on an older version.ipynb';

test.use({ autoGoto: false });

for (const theme of ['Light', 'Dark']) {
  test(`every panel is usable by everybody, ${theme}`, async ({ page }) => {
    const browser = new DatasetBrowser(page);
    const pins = new PinsPanel(page);
    const passport = new PassportPanel(page);
    const violations: string[] = [];
    const looked = async (name: string, selector: string): Promise<void> => {
      await page.screenshot({
        path: test.info().outputPath(`${theme}-${name}.png`)
      });
      const found = await new AxeBuilder({ page }).include(selector).analyze();
      violations.push(
        ...found.violations.map(
          one =>
            `${name}: ${one.id}: ${one.nodes.map(node => node.html).join(' ')}`
        )
      );
    };

    await page.goto();
    await page.notebook.openByPath(NOTEBOOK);
    await page.locator('.jp-NotebookPanel .jp-Cell').first().waitFor();
    await page.theme.setTheme(`JupyterLab ${theme}`);

    await browser.show();
    await expect(browser.row('nyc.flights')).toBeVisible();
    await looked('browser', '#headwater-browser');
    await browser.search.fill('nothing has this name');
    await expect(browser.root).toContainText('Nothing found');
    await looked('browser-empty', '#headwater-browser');
    await browser.search.fill('');

    await pins.show();
    await expect(pins.pin('nyc.flights')).toContainText(/behind/);
    await looked('pins', '#headwater-pins');
    await passport.show();
    await expect(passport.root).toContainText('no stamp');
    await looked('passport', '#headwater-passport');

    await browser.row('nyc.weather').dblclick();
    const weather = new DatasetTab(page, 'nyc.weather');
    for (const tab of ['Overview', 'Columns', 'Preview', 'Versions'] as const) {
      await weather.turnTo(tab);
      await expect(weather.root).not.toHaveAttribute('aria-busy', 'true');
      await page.waitForTimeout(1_500);
      await looked(`dataset-${tab.toLowerCase()}`, '.jp-Headwater-page');
    }

    await browser.turnTo('Production');
    await browser
      .table('public.customers')
      .getByRole('button', { name: 'public.customers', exact: true })
      .click();
    await expect(browser.table('public.customers')).toContainText(
      'passport_no'
    );
    await looked('production', '#headwater-browser');
    await browser
      .table('public.customers')
      .getByRole('button', { name: /Choose rows and masks/ })
      .click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('passport_no');
    await looked('sample', '.jp-Dialog');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(violations).toEqual([]);
  });
}

test('a sample that is cancelled leaves nothing', async ({ page }) => {
  const browser = new DatasetBrowser(page);
  await page.goto();
  await browser.show();
  await browser.turnTo('Production');
  await browser
    .table('public.flights')
    .getByRole('button', { name: 'Load sample', exact: true })
    .click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(
    page.locator('.Toastify').getByText('was stopped. Nothing was kept.')
  ).toBeVisible();
  await browser.turnTo('Datasets');
  await browser.search.fill('prod.flights');
  await expect(browser.rows).toHaveCount(1);
  await expect(browser.row('prod.flights')).toHaveCount(0);
});

test('a file becomes a version by a right click, and is described', async ({
  page
}) => {
  writeFileSync(
    join(notebooks, 'cities.csv'),
    'city,people\nOslo,709000\nRome,2873000\n'
  );
  await page.goto();
  const browser = new DatasetBrowser(page);
  await page
    .getByRole('button', { name: 'Refresh the file browser' })
    .first()
    .click()
    .catch(() => undefined);
  await page
    .locator('.jp-DirListing-item', { hasText: 'cities.csv' })
    .click({ button: 'right' });
  await page
    .locator('.lm-Menu-itemLabel', { hasText: 'Save as Version' })
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Dataset').fill('geo.cities');
  await dialog.getByLabel('Message').fill('two of them');
  await dialog.getByRole('button', { name: 'Save as Version' }).click();
  await browser.show();
  await expect(browser.row('geo.cities')).toContainText('2 rows');
  await browser.row('geo.cities').dblclick();
  const cities = new DatasetTab(page, 'geo.cities');
  await expect(cities.root).toContainText('two of them');
  await cities.root.getByRole('button', { name: 'Edit description' }).click();
  await cities.root
    .getByRole('textbox', { name: /Description/ })
    .fill('<b>Cities</b>');
  await cities.root.getByRole('button', { name: 'Keep' }).click();
  await expect(cities.root.getByText('<b>Cities</b>')).toBeVisible();
  await cities.turnTo('Preview');
  await cities.root.getByRole('combobox').first().selectOption('people');
  await cities.root.getByRole('combobox').nth(1).selectOption('>');
  await cities.root.getByPlaceholder('value').fill('1000000');
  await cities.root.getByRole('button', { name: 'Filter' }).click();
  await expect(cities.root).toContainText('1 row');
  await expect(cities.root.getByText('Rome')).toBeVisible();
  await expect(cities.root.getByText('Oslo')).toHaveCount(0);
});
