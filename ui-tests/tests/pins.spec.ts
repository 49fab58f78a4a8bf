import { statSync } from 'node:fs';

import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

import { run, turnTo } from '../pages/application';
import { DatasetBrowser } from '../pages/browser';
import { headwater } from '../pages/command-line';
import { Notebook } from '../pages/notebook';
import { PinsPanel } from '../pages/pins';

function versions(name: string): Record<string, string> {
  const pins = Object.entries(new Notebook(name).section?.pins ?? {});
  return Object.fromEntries(pins.map(([key, pin]) => [key, pin.version]));
}

async function opened(page: Page, name: string): Promise<PinsPanel> {
  await new Notebook(name).open(page);
  const pins = new PinsPanel(page);
  await pins.show();
  return pins;
}

async function pinByMenu(page: Page, dataset: string): Promise<void> {
  const browser = new DatasetBrowser(page);
  await browser.show();
  await browser.row(dataset).click({ button: 'right' });
  await page.locator('.lm-Menu-itemLabel', { hasText: /^Pin/ }).click();
  await expect(new PinsPanel(page).pin(dataset)).toBeVisible();
}

async function inDialog(page: Page, name: string, ok: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.locator('input').first().fill(name);
  await dialog.getByRole('button', { name: ok }).click();
}

test('a pin is changed, explained, upgraded, let go, and all of it undone', async ({
  page
}) => {
  const name = 'changed.ipynb';
  const { file } = new Notebook(name).write('import headwater as hw');
  expect(headwater('pin', file, 'nyc.flights@v1').code).toBe(0);
  const pins = await opened(page, name);
  const flights = pins.pin('nyc.flights');
  await expect(pins.version('nyc.flights')).toHaveText('v1');
  await expect(pins.undo).toBeDisabled();

  await test.step('from a list with messages and ages, by keyboard', async () => {
    await pins.version('nyc.flights').focus();
    await page.keyboard.press('Enter');
    await expect(pins.versions('nyc.flights')).toHaveCount(3);
    await expect(pins.versions('nyc.flights').nth(1)).toContainText(
      /v2.*(ago|now).*until September/
    );
    for (const theme of ['Light', 'Dark'] as const) {
      await turnTo(page, theme);
      await page.screenshot({
        path: test.info().outputPath(`${theme}-versions.png`)
      });
      const { violations } = await new AxeBuilder({ page })
        .include('#headwater-pins')
        .analyze();
      expect(violations.map(one => one.id)).toEqual([]);
    }
    await turnTo(page, 'Light');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect(pins.version('nyc.flights')).toHaveText('v2');
    await expect(pins.version('nyc.flights')).toBeFocused();
  });

  await test.step('a reason that is being written does not hinder the upgrade', async () => {
    await pins.reason('nyc.flights').fill('the year is over');
    await flights.getByRole('button', { name: /Upgrade to/ }).click();
    await expect(flights).toContainText('current');
    await expect(pins.reason('nyc.flights')).toHaveValue('the year is over');
    await expect(pins.root.getByRole('alert')).toHaveCount(0);
  });

  await test.step('each change is undone, the last one first', async () => {
    await pins.undo.click();
    await expect(pins.version('nyc.flights')).toHaveText('v2');
    await expect(pins.reason('nyc.flights')).toHaveValue('the year is over');
    await pins.undo.click();
    await expect(pins.reason('nyc.flights')).toHaveValue('');
    await pins.undo.click();
    await expect(pins.version('nyc.flights')).toHaveText('v1');
    await expect(pins.undo).toBeDisabled();
  });

  await test.step('by the menu of a pin', async () => {
    await flights
      .getByText('1 behind')
      .or(flights)
      .first()
      .click({
        button: 'right',
        position: { x: 8, y: 8 }
      });
    await page.locator('.lm-Menu-itemLabel', { hasText: /^Upgrade/ }).click();
    await expect(flights).toContainText('current');
    await flights.click({ button: 'right', position: { x: 8, y: 8 } });
    await page.locator('.lm-Menu-itemLabel', { hasText: /^Unpin/ }).click();
    await expect(flights).toHaveCount(0);
    await pins.undo.click();
    await expect(flights).toContainText('current');
    await flights.getByRole('button', { name: 'Unpin nyc.flights' }).click();
    await expect(flights).toHaveCount(0);
    await pins.undo.click();
    await expect(flights).toContainText('current');
  });

  await page.locator('.jp-Cell').first().click();
  await page.keyboard.press('Control+s');
  await expect.poll(() => versions(name)).toEqual({ 'nyc.flights': 'v3' });
});

test('a notebook keeps its pins when it is saved as another, duplicated and renamed', async ({
  page
}) => {
  new Notebook('fresh.ipynb').write('import headwater as hw');
  const pins = await opened(page, 'fresh.ipynb');
  await pinByMenu(page, 'nyc.weather');

  await test.step('saved as another before it was ever saved', async () => {
    await run(page, 'docmanager:save-as');
    await inDialog(page, 'another.ipynb', 'Save');
    await expect
      .poll(() => versions('another.ipynb'))
      .toEqual({ 'nyc.weather': 'v2' });
  });

  await test.step('the copy says what it is a copy of', async () => {
    await opened(page, 'fresh.ipynb');
    await pinByMenu(page, 'nyc.planes');
    await page.locator('.jp-Cell').first().click();
    await page.keyboard.press('Control+s');
    await expect
      .poll(() => versions('fresh.ipynb'))
      .toEqual({ 'nyc.planes': 'v2', 'nyc.weather': 'v2' });
    const id = new Notebook('fresh.ipynb').section?.id;
    expect(new Notebook('another.ipynb').section?.copiedFrom).toBe(id);
    expect(new Notebook('another.ipynb').section?.id).not.toBe(id);
    expect(versions('another.ipynb')).toEqual({ 'nyc.weather': 'v2' });
  });

  await test.step('duplicated in the file browser', async () => {
    await page.locator('.jp-SideBar [data-id="filebrowser"]').click();
    await page
      .locator('.jp-DirListing-item', { hasText: /^fresh\.ipynb/ })
      .click({ button: 'right' });
    await page.locator('.lm-Menu-itemLabel', { hasText: 'Duplicate' }).click();
    await expect
      .poll(() => versions('fresh-Copy1.ipynb'))
      .toEqual(versions('fresh.ipynb'));
    expect(new Notebook('fresh-Copy1.ipynb').section?.copiedFrom).toBe(
      new Notebook('fresh.ipynb').section?.id
    );
  });

  await test.step('renamed while it is open, with what can be undone', async () => {
    const before = new Notebook('fresh.ipynb').section;
    await run(page, 'docmanager:rename');
    await inDialog(page, 'renamed.ipynb', 'Rename');
    await expect(pins.root).toContainText('renamed.ipynb');
    await expect(pins.pin('nyc.planes')).toBeVisible();
    await pins.undo.click();
    await expect(pins.pin('nyc.planes')).toHaveCount(0);
    await page.locator('.jp-Cell').first().click();
    await page.keyboard.press('Control+s');
    await expect
      .poll(() => versions('renamed.ipynb'))
      .toEqual({ 'nyc.weather': 'v2' });
    expect(new Notebook('renamed.ipynb').section?.id).toBe(before?.id);
    expect(new Notebook('renamed.ipynb').section?.copiedFrom).toBeUndefined();
  });
});

test('two tabs on one notebook keep the pins of both', async ({
  page,
  context
}) => {
  const twice = new Notebook('twice.ipynb').write('import headwater as hw');
  const one = await opened(page, 'twice.ipynb');
  const other = await context.newPage();
  const two = await opened(other, 'twice.ipynb');
  await pinByMenu(page, 'nyc.weather');
  await expect(two.pin('nyc.weather')).toBeVisible();
  await pinByMenu(other, 'nyc.planes');
  await expect(one.pin('nyc.planes')).toBeVisible();
  const both = { 'nyc.planes': 'v2', 'nyc.weather': 'v2' };
  await other.locator('.jp-Cell').first().click();
  await other.keyboard.press('Control+s');
  await expect.poll(() => versions('twice.ipynb')).toEqual(both);
  await page.locator('.jp-Cell').first().click();
  await page.keyboard.press('Control+s');
  const before = statSync(twice.file).mtimeMs;
  await page.getByRole('button', { name: 'Overwrite' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  // The file is written after the dialog is gone.
  await expect.poll(() => statSync(twice.file).mtimeMs).not.toBe(before);
  await expect.poll(() => versions('twice.ipynb')).toEqual(both);
});

test('a dataset that is dragged loads in the notebook that it is dropped on', async ({
  page
}) => {
  new Notebook('target.ipynb').write(
    'import headwater as hw\nweather = "fine"'
  );
  new Notebook('front.ipynb').write('1 + 1');
  await opened(page, 'target.ipynb');
  await run(page, 'docmanager:open', {
    path: 'front.ipynb',
    options: { mode: 'split-right' }
  });
  const panels = page.locator('.jp-NotebookPanel');
  await expect(panels).toHaveCount(2);
  const target = panels.filter({ hasText: 'weather = "fine"' });
  const front = panels.filter({ hasText: '1 + 1' });
  await front.locator('.jp-Cell').first().click();
  const browser = new DatasetBrowser(page);
  await browser.show();
  const from = await browser.row('nyc.weather').boundingBox();
  const to = await target.locator('.jp-Cell').first().boundingBox();
  if (!from || !to) {
    throw new Error('There is nothing to drag.');
  }
  await page.mouse.move(from.x + 40, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, {
    steps: 20
  });
  await page.screenshot({ path: test.info().outputPath('drag.png') });
  await page.mouse.up();
  await expect(target.locator('.jp-Cell')).toHaveCount(2);
  await expect(target).toContainText('nyc_weather = hw.load("nyc.weather")');
  expect(await target.innerText()).not.toMatch(
    /import headwater[^]*import headwater/
  );
  await expect(front.locator('.jp-Cell')).toHaveCount(1);
});
