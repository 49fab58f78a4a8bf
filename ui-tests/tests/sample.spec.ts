import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@jupyterlab/galata';

import { run } from '../pages/application';
import { DatasetBrowser } from '../pages/browser';

test.use({ autoGoto: false });

for (const theme of ['Light', 'Dark']) {
  test(`a sample is chosen in its dialog, ${theme}`, async ({ page }) => {
    const browser = new DatasetBrowser(page);
    const plans: string[] = [];
    page.on('request', request => {
      if (request.url().includes('/samples/plan')) {
        plans.push(request.postData() ?? '');
      }
    });
    const shot = (name: string) =>
      page.screenshot({
        path: test.info().outputPath(`${theme}-${name}.png`)
      });
    await page.goto();
    await page.theme.setTheme(`JupyterLab ${theme}`);
    await browser.show();
    await browser.turnTo('Production');
    await browser.table('public.customers').click({ button: 'right' });
    await page
      .locator('.lm-Menu-itemLabel', { hasText: 'Choosing Rows and Masks' })
      .click();
    const dialog = page.getByRole('dialog');
    const load = dialog.getByRole('button', { name: 'Load Sample' });
    const rows = dialog.getByLabel('Rows', { exact: true });
    await expect(dialog).toContainText('passport_no');
    expect(plans).toHaveLength(1);
    await shot('dialog');

    // Typed as people type: one plan when the form rests.
    await rows.fill('');
    await expect(load).toBeDisabled();
    await expect(rows).toHaveAccessibleDescription(/1 or more/);
    await shot('wrong');
    await rows.pressSequentially('1234', { delay: 60 });
    await expect(load).toBeEnabled();
    await expect.poll(() => plans.length).toBe(2);
    expect(plans[1]).toContain('1234');

    const email = dialog.locator('tr[data-column="email"]');
    const after = email.locator('td').nth(3);
    const before = await after.textContent();
    await email.getByRole('combobox').focus();
    await page.keyboard.press('End');
    await expect(after).not.toHaveText(before ?? '');
    await expect(after).not.toHaveText('…');
    await shot('mask');
    const found = await new AxeBuilder({ page })
      .include('.jp-Dialog')
      .analyze();
    expect(found.violations.map(one => one.id)).toEqual([]);

    for (const [tab, name] of [
      [/Related tables/, 'related'],
      [/Recipe/, 'recipe']
    ] as const) {
      await dialog.getByRole('tab', { name: tab }).click();
      await shot(name);
    }
    await dialog.getByRole('tab', { name: /masked/ }).click();
    await dialog
      .getByLabel('Method', { exact: true })
      .selectOption('stratified');
    await expect(load).toBeDisabled();
    await shot('method');
    await dialog.getByLabel('Method', { exact: true }).selectOption('uniform');

    // What the source does not give is said with a way out, and cannot be loaded.
    await rows.fill('999999999999');
    await expect(dialog.getByRole('alert')).toContainText('Ask for fewer rows');
    await expect(load).toBeDisabled();
    await shot('refused');
    await rows.fill('321');
    await expect(dialog.getByRole('alert')).toHaveCount(0);
    await dialog.getByLabel('Dataset').fill(`prod.chosen_${theme}`);
    await expect(load).toBeEnabled();
    await dialog.getByLabel('Dataset').press('Enter');
    await expect(dialog).toHaveCount(0);
    await browser.turnTo('Datasets');
    await expect(browser.row(`prod.chosen_${theme}`)).toContainText('321 rows');

    // Without a table in front, the palette asks which.
    await run(page, 'headwater:load-sample');
    await expect(dialog.getByLabel('Source and table')).toBeVisible();
    await shot('table');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });
}
