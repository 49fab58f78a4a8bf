import type { Locator, Page } from '@playwright/test';

/** The tab of one dataset in the main area. */
export class DatasetTab {
  constructor(
    readonly page: Page,
    readonly name: string
  ) {
    this.root = page.getByRole('article', { name, exact: true });
  }

  readonly root: Locator;

  async turnTo(
    tab: 'Overview' | 'Columns' | 'Preview' | 'Versions' | 'Changes' | 'Proof'
  ): Promise<void> {
    await this.root.getByRole('tab', { name: tab }).click();
  }

  action(name: string): Locator {
    return this.root.getByRole('button', { name, exact: true });
  }
}
