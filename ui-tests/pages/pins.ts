import type { Locator, Page } from '@playwright/test';

import { Sidebar } from './sidebar';

/** The pins of the notebook in front, in the right sidebar. */
export class PinsPanel extends Sidebar {
  constructor(page: Page) {
    super(page, 'headwater-pins');
  }

  pin(dataset: string): Locator {
    return this.root.locator(`.jp-Headwater-pin[data-dataset="${dataset}"]`);
  }

  version(dataset: string): Locator {
    return this.pin(dataset).getByRole('combobox');
  }
}
