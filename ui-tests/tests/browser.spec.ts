import { expect, test } from '@jupyterlab/galata';

import { DatasetBrowser } from '../pages/browser';
import { DatasetTab } from '../pages/dataset';

test.use({ autoGoto: false });

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
