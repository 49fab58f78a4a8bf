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

  await test.step('related tables', async () => {
    await bookings.click({ button: 'right' });
    await page
      .locator('.lm-Menu-itemLabel', { hasText: 'Choosing Rows and Masks' })
      .click();
    const load = dialog.getByRole('button', { name: 'Load Sample' });
    await expect(dialog).toContainText('legacy_ref');
    await dialog.getByLabel('Rows', { exact: true }).fill('2000');
    await dialog.getByLabel('Filter').fill("status = 'flown'");
    await dialog.getByLabel('Dataset').fill('whole.bookings');
    await dialog.getByRole('tab', { name: 'Related tables' }).click();
    await dialog.getByLabel(/Also draw the rows of other tables/).check();
    await expect(
      dialog.getByRole('checkbox', { name: 'public.customers' })
    ).toBeChecked();
    await expect(
      dialog.getByRole('checkbox', { name: 'public.airports' })
    ).toBeVisible();
    const payments = dialog.getByRole('checkbox', { name: 'public.payments' });
    await expect(payments).not.toBeChecked();
    await payments.check();
    await expect(
      dialog.locator('[data-followed=true]', { hasText: 'public.payments' })
    ).toContainText(/\+\d/);
    await expect(load).toBeEnabled();
    await shots('related');
    const found = await new AxeBuilder({ page })
      .include('.jp-Dialog')
      .analyze();
    expect(found.violations.map(one => one.id)).toEqual([]);
    await load.click();
    for (const name of ['bookings', 'customers', 'flights', 'payments']) {
      await expect(pins.pin(`whole.${name}`)).toContainText('SAMPLE', {
        timeout: 180_000
      });
    }
    await expect(
      page.locator('.jp-Cell', { hasText: 'hw.load("whole.payments")' })
    ).toContainText('hw.load("whole.bookings")');
    await shots('related-drawn');
    const whole = new DatasetTab(page, 'whole.bookings');
    await browser.turnTo('Datasets');
    await browser.search.fill('whole.bookings');
    await browser.row('whole.bookings').dblclick();
    await whole.turnTo('Proof');
    await expect(whole.root).toContainText(/Orphans\s*0/);
    await expect(whole.root.getByRole('row', { name: /^price/ })).toContainText(
      /0\.\d{3}/
    );
    await shots('related-proof');
    await browser.search.fill('');
    await browser.turnTo('Production');
    await page.activity.activateTab('Production.ipynb');
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
