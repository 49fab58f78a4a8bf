import {
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { join } from 'node:path';

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

import { turnTo } from '../pages/application';
import { DatasetBrowser } from '../pages/browser';
import { headwater, notebooks } from '../pages/command-line';
import { Notebook } from '../pages/notebook';
import { PassportPanel } from '../pages/passport';
import { PinsPanel } from '../pages/pins';
import { Server } from '../pages/server';

test('a home that a newer Headwater wrote is refused with its cure, and used once it is mended', async ({
  page
}) => {
  const home = test.info().outputPath('home');
  const folder = test.info().outputPath('notebooks');
  mkdirSync(folder, { recursive: true });
  expect(headwater('init', '--home', home).code).toBe(0);
  const marker = join(home, 'home.json');
  const written = readFileSync(marker, 'utf8');
  writeFileSync(
    marker,
    JSON.stringify({ ...(JSON.parse(written) as object), format: 99 })
  );
  const options = [
    "--ServerApp.jpserver_extensions={'jupyterlab_headwater': True}"
  ];
  const start = () =>
    Server.start(page, folder, options, { HEADWATER_HOME: home });
  const browser = new DatasetBrowser(page);
  let server = await start();
  try {
    await page.goto(`${server.url}/lab?reset`);
    await browser.show();
    const told = browser.root.getByRole('alert');
    await expect(told).toContainText(
      'A newer Headwater wrote this home: it has format 99'
    );
    await expect(told).toContainText(
      'pip install --upgrade jupyterlab-headwater'
    );
    await expect(told).toContainText('restart the Jupyter server');
    expect(await told.textContent()).not.toContain(home);
    for (const theme of ['Light', 'Dark'] as const) {
      await turnTo(page, theme);
      await page.screenshot({
        path: test.info().outputPath(`${theme}-refused.png`)
      });
      const { violations } = await new AxeBuilder({ page })
        .include('#headwater-browser')
        .analyze();
      expect(violations.map(one => one.id)).toEqual([]);
    }
    await browser.turnTo('Production');
    await expect(told).toContainText(
      'A newer Headwater wrote this home: it has format 99'
    );
    const events = await page.request.get(`${server.url}/headwater/v1/events`);
    expect(events.status()).toBe(503);
    expect(await events.json()).toMatchObject({
      error: { code: 'ledger_incompatible' }
    });

    server.stop();
    writeFileSync(marker, written);
    server = await start();
    await page.goto(`${server.url}/lab?reset`);
    await browser.show();
    await expect(browser.root).toContainText('No datasets yet');
    await page.screenshot({ path: test.info().outputPath('mended.png') });
  } finally {
    server.stop();
  }
});

for (const theme of ['Light', 'Dark'] as const) {
  test(`a notebook behind a link out of the root says that it is not stamped, ${theme}`, async ({
    page
  }) => {
    const outside = test.info().outputPath('outside.ipynb');
    const name = `linked-${theme}.ipynb`;
    const notebook = new Notebook(`plain-${theme}.ipynb`).write('1 + 1');
    writeFileSync(outside, readFileSync(notebook.file));
    rmSync(join(notebooks, name), { force: true });
    symlinkSync(outside, join(notebooks, name));
    const passport = new PassportPanel(page);
    const pins = new PinsPanel(page);
    await new Notebook(name).open(page);
    await turnTo(page, theme);
    await expect(passport.badge).toHaveText('not stamped');
    await expect(passport.status).toContainText('not stamped');
    await pins.show();
    await expect(pins.root.getByRole('alert')).toContainText(
      'without pins and stamp'
    );
    await page.screenshot({
      path: test.info().outputPath(`${theme}-pins-outside.png`)
    });
    await passport.badge.click();
    await expect(passport.root.getByRole('alert')).toContainText(
      'Move the notebook itself below the root'
    );
    await page.screenshot({
      path: test.info().outputPath(`${theme}-outside.png`)
    });
    const { violations } = await new AxeBuilder({ page })
      .include('#headwater-passport')
      .include('.jp-Headwater-badge')
      .analyze();
    expect(violations.map(one => one.id)).toEqual([]);
  });
}
