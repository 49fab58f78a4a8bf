import type { Locator, Page } from '@playwright/test';

import { Sidebar } from './sidebar';

/** The dataset browser in the left sidebar. */
export class DatasetBrowser extends Sidebar {
  constructor(page: Page) {
    super(page, 'headwater-browser');
  }

  get search(): Locator {
    return this.root.getByRole('searchbox');
  }

  get rows(): Locator {
    return this.root.getByRole('listbox').getByRole('option');
  }

  get list(): Locator {
    return this.root.getByRole('listbox');
  }

  /** The row that the list box calls the active one. */
  get active(): Locator {
    return this.root.locator('[role=option][aria-selected=true]');
  }

  row(dataset: string): Locator {
    return this.root.locator(`[role=option]:has([data-dataset="${dataset}"])`);
  }

  table(name: string): Locator {
    return this.root.locator(`[data-table="${name}"]`);
  }

  async turnTo(tab: 'Datasets' | 'Production' | 'Recent'): Promise<void> {
    await this.root.getByRole('tab', { name: tab }).click();
  }
}
