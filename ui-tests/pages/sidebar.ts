import type { Locator, Page } from '@playwright/test';

/** A panel in a sidebar of JupyterLab. */
export class Sidebar {
  constructor(
    readonly page: Page,
    readonly id: string
  ) {
    this.root = page.locator(`#${id}`);
  }

  readonly root: Locator;

  async show(): Promise<void> {
    if (!(await this.root.isVisible())) {
      await this.page.locator(`.jp-SideBar [data-id="${this.id}"]`).click();
    }
    await this.root.waitFor({ state: 'visible' });
  }
}
