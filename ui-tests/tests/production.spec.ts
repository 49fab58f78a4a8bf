import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@jupyterlab/galata';

import { DatasetBrowser } from '../pages/browser';
import { program } from '../pages/command-line';
import { DatasetTab } from '../pages/dataset';
import { PinsPanel } from '../pages/pins';

test.use({ autoGoto: false });

test('a sample by one click, by stratum and filter, again, and what changed', async ({
  page
}) => {
  const browser = new DatasetBrowser(page);
  const pins = new PinsPanel(page);
  const dialog = page.getByRole('dialog');
  /** As it is, light and dark. */
  const shots = async (name: string) => {
    for (const theme of ['Dark', 'Light']) {
      await page.theme.setTheme(`JupyterLab ${theme}`);
      await page.screenshot({
        path: test.info().outputPath(`${name}-${theme}.png`)
      });
    }
  };
  await page.goto();
  await page.notebook.createNew('Production.ipynb');
  await browser.show();
  await browser.turnTo('Production');
  const bookings = browser.table('public.bookings');

  await test.step('one click', async () => {
    await browser
      .table('public.payments')
      .getByRole('button', { name: 'Load sample', exact: true })
      .click();
    await pins.show();
    await expect(pins.pin('prod.payments')).toContainText('SAMPLE', {
      timeout: 120_000
    });
    await expect(
      page.locator('.jp-Cell', { hasText: 'hw.load("prod.payments")' })
    ).toBeVisible();
    await shots('one-click');
  });

  await test.step('a filter and a stratum', async () => {
    await bookings.click({ button: 'right' });
    await page
      .locator('.lm-Menu-itemLabel', { hasText: 'Choosing Rows and Masks' })
      .click();
    const load = dialog.getByRole('button', { name: 'Load Sample' });
    await expect(dialog).toContainText('legacy_ref');
    await dialog.getByLabel('Rows', { exact: true }).fill('3000');
    await dialog
      .getByLabel('Method', { exact: true })
      .selectOption('stratified');
    await expect(load).toBeDisabled();
    await dialog.getByLabel('By the columns').selectOption('fare_class');
    await dialog.getByLabel('Rows of each').selectOption('equal');

    const filter = dialog.getByLabel('Filter');
    await filter.fill('price >');
    await expect(filter).toHaveAccessibleDescription(/\S/);
    await expect(load).toBeDisabled();
    await shots('filter-wrong');
    await filter.fill("price > 100 AND status = 'flown'");
    await expect(filter).toHaveAccessibleDescription('');
    await dialog.getByLabel('Dataset').fill('prod.flown');
    await expect(load).toBeEnabled();
    await shots('masks');

    await dialog.getByRole('tab', { name: /Recipe/ }).click();
    await expect(dialog.getByLabel('The recipe as text')).toHaveValue(
      /method = "stratified"/
    );
    await dialog.getByLabel('Name of the recipe').fill('flown by class');
    await page.keyboard.press('Enter');
    await expect(
      dialog.getByRole('button', { name: 'Use flown by class' })
    ).toBeVisible();
    await dialog.getByRole('button', { name: 'Delete flown by class' }).click();
    await dialog.getByRole('button', { name: 'Undo' }).click();
    await expect(
      dialog.getByRole('button', { name: 'Use flown by class' })
    ).toBeVisible();
    await shots('recipe');
    const found = await new AxeBuilder({ page })
      .include('.jp-Dialog')
      .analyze();
    expect(found.violations.map(one => one.id)).toEqual([]);
    await expect(load).toBeEnabled();
    await load.click();
    await expect(pins.pin('prod.flown')).toContainText('SAMPLE', {
      timeout: 120_000
    });
    await expect(pins.pin('prod.flown')).toContainText('by fare_class');
  });

  await test.step('refresh, and what changed', async () => {
    program('python', '-m', 'change_bookings');
    await pins
      .pin('prod.flown')
      .getByRole('button', { name: 'Refresh the sample prod.flown' })
      .click();
    const offer = page.getByRole('button', { name: 'See What Changed' });
    await expect(offer).toBeVisible({ timeout: 120_000 });
    await expect(pins.pin('prod.flown')).toContainText('1 behind');
    await shots('refreshed');
    await offer.click();
    const flown = new DatasetTab(page, 'prod.flown');
    await expect(flown.root).toContainText(
      /From v1 to v2:.*Rows that changed[1-9]/
    );
    await shots('changes');
    await flown.turnTo('Proof');
    await shots('proof');
    await pins
      .pin('prod.flown')
      .getByRole('button', { name: /Upgrade to v2/ })
      .click();
    await expect(pins.pin('prod.flown')).toContainText('current');
    await page.contents.deleteFile('Production.ipynb');
  });
});
