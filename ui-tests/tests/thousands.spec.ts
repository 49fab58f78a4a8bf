import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jupyterlab/galata';

import { DatasetBrowser } from '../pages/browser';
import { headwater, notebooks, program } from '../pages/command-line';

const MANY = 100_000;

test.use({ autoGoto: false });

// Its datasets stay: no test may come after it.
test('100,000 datasets are one list', async ({ page }) => {
  test.setTimeout(600_000);
  program('python', '-m', 'seed_datasets', String(MANY));
  const file = join(notebooks, 'one.csv');
  writeFileSync(file, 'a\n1\n');
  const asked: string[] = [];
  page.on('request', request => {
    const [, path] = request.url().split('/headwater/v1/');
    if (path && !/^(events|notebooks|jobs)/.test(path)) {
      asked.push(path);
    }
  });
  const browser = new DatasetBrowser(page);
  await page.goto();
  expect(asked).toEqual([]);
  await browser.show();
  await expect(browser.rows.nth(15)).toBeVisible();
  await page.waitForTimeout(1_000);
  expect(asked).toHaveLength(1);
  expect(await browser.rows.count()).toBeLessThanOrEqual(60);
  const counted = browser.root.getByText(/^100,0\d\d datasets/);
  // How many there are beside those that were seeded is up to the tests before.
  const all = Number(
    ((await counted.textContent()) as string).replace(/\D/g, '')
  );
  await page.screenshot({ path: test.info().outputPath('many.png') });

  // Its end is as near as its begin.
  await browser.list.focus();
  await page.keyboard.press('End');
  await expect(browser.active).toHaveAttribute('aria-posinset', `${all}`);
  await expect(browser.active.locator('[data-dataset]')).toBeVisible();
  expect(asked).toHaveLength(2);
  expect(await browser.rows.count()).toBeLessThanOrEqual(60);
  await page.keyboard.press('PageUp');
  await expect(browser.active).not.toHaveAttribute('aria-posinset', `${all}`);
  await page.keyboard.press('Home');
  await expect(browser.active).toHaveAttribute('aria-posinset', '1');

  // In the middle, what others commit shows, and nothing moves.
  await browser.list.evaluate(list => {
    list.scrollTop = 50_000 * 44;
  });
  const inView = browser.rows.nth(12).locator('[data-dataset]');
  await expect(inView).toBeVisible();
  const near = (await inView.getAttribute('data-dataset')) as string;
  await browser.row(near).click();
  const before = await browser.row(near).boundingBox();
  headwater('import', file, '--as', `${near}_new`);
  await expect(browser.row(`${near}_new`)).toBeVisible({ timeout: 2_000 });
  expect(await browser.row(near).boundingBox()).toEqual(before);
  headwater('import', file, '--as', 'aaa.first');
  await expect(counted).toHaveText(
    new RegExp(`^${(all + 2).toLocaleString('en')} datasets`),
    { timeout: 2_000 }
  );
  expect(await browser.row(near).boundingBox()).toEqual(before);
  await expect(browser.active).toContainText(near.split('.')[1]);
  await page.screenshot({ path: test.info().outputPath('middle.png') });

  // A search begins at its top.
  await browser.search.fill('orders daily');
  await expect(
    browser.root.getByText(/^(more than )?\d+ datasets/)
  ).toBeVisible();
  await expect(browser.rows.first()).toContainText(/orders_daily/);
  expect(await browser.list.evaluate(list => list.scrollTop)).toBe(0);
  await page.screenshot({ path: test.info().outputPath('found.png') });
});
