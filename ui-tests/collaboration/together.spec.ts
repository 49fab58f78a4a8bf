import { join } from 'node:path';

import { expect, test, type Browser, type Page } from '@playwright/test';

import { run } from '../pages/application';
import { DatasetBrowser } from '../pages/browser';
import { headwater, notebooks } from '../pages/command-line';
import { Notebook, type ISection } from '../pages/notebook';
import { PinsPanel } from '../pages/pins';

const NOTEBOOK = '1 Late departures.ipynb';
const COPY = 'saved as another.ipynb';

async function opened(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await new Notebook(NOTEBOOK).open(page);
  await new DatasetBrowser(page).show();
  await new PinsPanel(page).show();
  return page;
}

async function pinByMenu(page: Page, dataset: string): Promise<void> {
  await new DatasetBrowser(page).row(dataset).click({ button: 'right' });
  await page.locator('.lm-Menu-itemLabel', { hasText: /^Pin/ }).click();
}

interface IStamped extends ISection {
  stamp?: { actor: { source: string } };
}

function pinsOnDisk(name: string): string[] {
  return Object.keys(new Notebook<IStamped>(name).section?.pins ?? {});
}

test('two people in one notebook keep what each has pinned', async ({
  browser
}) => {
  const one = await opened(browser);
  const two = await opened(browser);
  await Promise.all([
    pinByMenu(one, 'nyc.weather'),
    pinByMenu(two, 'nyc.planes')
  ]);
  for (const page of [one, two]) {
    await expect(new PinsPanel(page).pin('nyc.weather')).toBeVisible();
    await expect(new PinsPanel(page).pin('nyc.planes')).toBeVisible();
  }

  await test.step('a cell of one pins for both, and the autosave writes and stamps it', async () => {
    await one.locator('.jp-Cell').nth(1).locator('.cm-content').click();
    await one.keyboard.press('Control+Enter');
    const all = ['nyc.airlines', 'nyc.flights', 'nyc.planes', 'nyc.weather'];
    for (const dataset of all) {
      await expect(new PinsPanel(two).pin(dataset)).toBeVisible();
    }
    await expect.poll(() => pinsOnDisk(NOTEBOOK)).toEqual(all);
    await expect
      .poll(() => headwater('verify', join(notebooks, NOTEBOOK)).code)
      .toBe(0);
    // Nobody's request saves a shared document.
    expect(new Notebook<IStamped>(NOTEBOOK).section?.stamp?.actor.source).toBe(
      'session-owner'
    );
  });

  await test.step('saved as another it is a copy, with the pins of both', async () => {
    await run(one, 'docmanager:save-as');
    const dialog = one.getByRole('dialog');
    await dialog.locator('input').first().fill(COPY);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => pinsOnDisk(COPY)).toEqual(pinsOnDisk(NOTEBOOK));
    const { id } = new Notebook<IStamped>(NOTEBOOK).section ?? {};
    expect(new Notebook<IStamped>(COPY).section?.copiedFrom).toBe(id);
    expect(new Notebook<IStamped>(COPY).section?.id).not.toBe(id);
    await one.goto(`lab/tree/${encodeURIComponent(NOTEBOOK)}?reset`);
    await new PinsPanel(one).show();
    await expect(new PinsPanel(one).pin('nyc.weather')).toBeVisible();
  });

  await test.step('what one lets go the other sees go', async () => {
    await new PinsPanel(two)
      .pin('nyc.weather')
      .getByRole('button', { name: 'Unpin nyc.weather' })
      .click();
    await expect(new PinsPanel(one).pin('nyc.weather')).toHaveCount(0);
    await expect.poll(() => pinsOnDisk(NOTEBOOK)).not.toContain('nyc.weather');
  });
});
