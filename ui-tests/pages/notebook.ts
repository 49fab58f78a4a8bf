import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { notebooks } from './command-line';

/** What Headwater keeps in a notebook. */
export interface ISection {
  id: string;
  copiedFrom?: string;
  pins: Record<string, { version: string; reason: string }>;
}

/** A notebook below the server's root: its file, and its tab in JupyterLab. */
export class Notebook<Section = ISection> {
  /** `name` is its path below the root. */
  constructor(readonly name: string) {
    this.file = join(notebooks, name);
  }

  readonly file: string;

  /** Write it with one code cell, `cell-0`, `cell-1`, ..., for each source; it never had to do with Headwater. */
  write(...sources: string[]): this {
    const cells = sources.map((source, place) => ({
      cell_type: 'code',
      execution_count: null,
      id: `cell-${place}`,
      metadata: {},
      outputs: [],
      source
    }));
    const kernelspec = {
      display_name: 'Python 3 (ipykernel)',
      language: 'python',
      name: 'python3'
    };
    const metadata = { kernelspec };
    writeFileSync(
      this.file,
      JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 })
    );
    return this;
  }

  /** What the file holds; nothing while it is not there, or not written whole. */
  get section(): Section | undefined {
    const text = existsSync(this.file) ? readFileSync(this.file, 'utf8') : '';
    return text.trimEnd().endsWith('}')
      ? (JSON.parse(text).metadata.headwater as Section | undefined)
      : undefined;
  }

  /** Open it in `page`, with nothing else from before. */
  async open(page: Page): Promise<void> {
    await page.goto(`lab/tree/${encodeURIComponent(this.name)}?reset`);
    await page.locator('.jp-NotebookPanel .jp-Cell').first().waitFor();
  }
}
