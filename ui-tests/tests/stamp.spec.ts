import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import { headwater, notebooks, program } from '../pages/command-line';
import { Notebook } from '../pages/notebook';
import { PassportPanel } from '../pages/passport';

test.use({ autoGoto: false });

interface IStamp {
  pins: Record<string, { version: string; digest: string }>;
  datasets: Record<
    string,
    { digest: string; files: string; rows: number; kind: string }
  >;
  reads: {
    cell: string;
    dataset: string;
    rows: number;
    columns: string[] | null;
    floating: boolean;
  }[];
  writes: { cell: string; dataset: string; rows: number }[];
  run: { order: string[]; linear: boolean };
  cells: { source: string; outputs: string; status: string; seq: number }[];
  environment: Record<string, string>;
  git: unknown;
  actor: { user: string; source: string };
  createdAt: string;
  notebook: { kernel: string; digests: Record<string, string> };
  signatures: { algorithm: string; keyId: string; value: string }[];
}

interface IStamped {
  stamp: IStamp;
}

interface INotebookFile {
  metadata: { headwater: IStamped };
}

const SOURCES = [
  'import headwater as hw',
  'airlines = hw.load("nyc.airlines")\nlen(airlines)',
  'names = hw.load("nyc.airlines", columns=["name"])\nsaved = hw.save(names.head(5), "work.names")',
  'one = 1'
];

async function runAll(page: Page): Promise<void> {
  await page.getByText('Run', { exact: true }).click();
  await page.getByText('Run All Cells', { exact: true }).click();
}

async function typeInLastCell(page: Page, text: string): Promise<void> {
  await page.locator('.jp-Cell').last().locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Enter');
  await page.keyboard.type(text);
}

for (const theme of ['Light', 'Dark']) {
  test(`each state of a stamp is in the toolbar, the status bar and the passport, ${theme}`, async ({
    page,
    baseURL
  }) => {
    const name = `repository-${theme}/stamp.ipynb`;
    const notebook = new Notebook<IStamped>(name);
    const { file } = notebook;
    const passport = new PassportPanel(page);
    const violations: string[] = [];
    const looked = async (state: string): Promise<void> => {
      await page.screenshot({
        path: test.info().outputPath(`${theme}-${state}.png`)
      });
      const found = await new AxeBuilder({ page })
        .include('#headwater-passport')
        .include('.jp-Headwater-badge')
        .include('.jp-Headwater-status')
        .analyze();
      violations.push(
        ...found.violations.map(
          one =>
            `${state}: ${one.id}: ${one.nodes.map(node => node.html).join(' ')}`
        )
      );
    };
    const says = async (words: string): Promise<void> => {
      await expect(passport.badge).toHaveText(words);
      await expect(passport.status).toContainText(words);
      await expect(
        passport.root.locator('.jp-Headwater-passport-badge')
      ).toHaveText(words);
    };

    const folder = join(notebooks, `repository-${theme}`);
    mkdirSync(folder);
    program('git', 'init', '--quiet', folder);
    const git = ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b'];
    writeFileSync(join(folder, 'tools.py'), 'one = 1\n');
    program('git', ...git, 'add', 'tools.py');
    program('git', ...git, 'commit', '--quiet', '-m', 'one');
    writeFileSync(join(folder, 'tools.py'), 'one = 2\n');
    notebook.write(...SOURCES);
    await page.goto();
    await page.notebook.openByPath(name);
    await page.locator('.jp-NotebookPanel .jp-Cell').first().waitFor();
    await page.theme.setTheme(`JupyterLab ${theme}`);

    await test.step('no stamp; the status bar opens the passport by the keyboard', async () => {
      await expect(passport.status).toContainText('no stamp');
      await passport.status.focus();
      await page.keyboard.press('Enter');
      await expect(passport.root).toBeVisible();
      await expect(passport.root).toBeFocused();
      await says('no stamp');
      await expect(
        passport.root.getByRole('button', { name: 'Verify' })
      ).toBeDisabled();
      await looked('none');
    });

    await test.step('stamped, with every fact in the file', async () => {
      await runAll(page);
      await expect(
        page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
      ).toBeVisible();
      await expect(page.locator('.jp-OutputArea-output').first()).toHaveText(
        '16'
      );
      await expect(page.locator('.jp-Cell').last()).toContainText('[4]');
      await page.keyboard.press('Control+s');
      await says('stamped');
      await expect(passport.status).toContainText('1 pin | stamped');
      const { stamp } = notebook.section!;
      const digest = /^[0-9a-f]{64}$/;
      expect(stamp.pins['nyc.airlines']).toMatchObject({
        version: 'v1',
        digest: expect.stringMatching(digest)
      });
      expect(stamp.datasets['nyc.airlines@v1']).toMatchObject({
        digest: expect.stringMatching(digest),
        files: expect.stringMatching(digest),
        rows: 16,
        kind: 'real'
      });
      expect(stamp.reads).toMatchObject([
        { cell: 'cell-1', dataset: 'nyc.airlines@v1', rows: 16, columns: null },
        {
          cell: 'cell-2',
          dataset: 'nyc.airlines@v1',
          rows: 16,
          columns: ['name'],
          floating: false
        }
      ]);
      expect(stamp.writes).toMatchObject([
        { cell: 'cell-2', dataset: expect.stringMatching(/^work\.names@v/) }
      ]);
      expect(stamp.run).toMatchObject({
        order: ['cell-0', 'cell-1', 'cell-2', 'cell-3'],
        linear: true
      });
      for (const cell of stamp.cells) {
        expect(cell).toMatchObject({
          source: expect.stringMatching(digest),
          outputs: expect.stringMatching(digest),
          status: 'ok'
        });
      }
      expect(stamp.environment).toMatchObject({
        python: expect.stringMatching(/^3\./),
        packagesDigest: expect.stringMatching(digest)
      });
      expect(stamp.notebook.kernel).toBe('python3');
      expect(stamp.actor.user).not.toBe('');
      // This server asks nobody who they are.
      expect(stamp.actor.source).toBe('os-account');
      expect(stamp.git).toMatchObject({
        commit: expect.stringMatching(/^[0-9a-f]{40}$/),
        dirty: true
      });
      expect(Date.parse(stamp.createdAt)).not.toBeNaN();
      expect(stamp.signatures).toMatchObject([{ algorithm: 'ed25519' }]);
      expect(headwater('verify', file).code).toBe(0);
    });

    await test.step('the passport tells what each cell read and wrote, and verifies by the keyboard', async () => {
      const reading = passport.root.locator('[data-cell="cell-1"]');
      await expect(reading).toContainText('read nyc.airlines v1, 16 rows');
      const writing = passport.root.locator('[data-cell="cell-2"]');
      await expect(writing).toContainText('columns name');
      await expect(writing).toContainText('wrote work.names');
      await passport.root.getByRole('button', { name: 'Verify' }).focus();
      await page.keyboard.press('Enter');
      await expect(passport.root.getByRole('status')).toContainText('Valid');
      await looked('stamped');
    });

    // A tag can be moved to another version, so what is read by it is floating.
    const tag = `looked-at-${theme.toLowerCase()}`;
    const tagged = await page.request.put(
      `${baseURL}/headwater/v1/datasets/nyc.planes/versions/v1/tags/${tag}`
    );
    expect(tagged.ok()).toBe(true);

    await test.step('changed since; the toolbar opens the passport by the keyboard', async () => {
      await typeInLastCell(page, `two = hw.load("nyc.planes@${tag}")`);
      await page.locator(`.jp-SideBar [data-id="${passport.id}"]`).click();
      await expect(passport.root).toBeHidden();
      await passport.badge.focus();
      await page.keyboard.press('Enter');
      await expect(passport.root).toBeFocused();
      await says('changed since stamp');
      await looked('changed');
    });

    await test.step('floating reads, marked at their cell', async () => {
      await page.locator('.jp-Cell').last().locator('.cm-content').click();
      await page.keyboard.press('Control+Enter');
      await expect(page.locator('.jp-Cell').last()).toContainText('[5]');
      await page.keyboard.press('Control+s');
      await says('floating reads');
      await expect(passport.root.locator('[data-cell="cell-3"]')).toContainText(
        `floating, by the tag ${tag}`
      );
      await expect(passport.root).toContainText(
        'All 4 cells ran in order, with 1 more run before or between them.'
      );
      await expect(
        passport.root.locator('[data-cell="cell-1"]')
      ).not.toContainText('floating');
      await looked('floating');
    });

    await test.step('unsigned, once somebody took the signature away', async () => {
      const content = JSON.parse(readFileSync(file, 'utf8')) as INotebookFile;
      content.metadata.headwater.stamp.signatures = [];
      writeFileSync(file, JSON.stringify(content));
      await passport.root.getByRole('button', { name: 'Refresh' }).click();
      await says('unsigned');
      await passport.root.getByRole('button', { name: 'Verify' }).click();
      await expect(passport.root.getByRole('status')).toContainText(
        'no stamp with a signature'
      );
      await looked('unsigned');
    });
    expect(violations).toEqual([]);
  });
}
