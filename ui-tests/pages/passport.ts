import type { Locator, Page } from '@playwright/test';

import { Sidebar } from './sidebar';

/** The passport of the notebook in front, in the right sidebar, and the badge that opens it. */
export class PassportPanel extends Sidebar {
  constructor(page: Page) {
    super(page, 'headwater-passport');
  }

  get badge(): Locator {
    return this.page.locator(
      '.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Headwater-badge'
    );
  }

  /** The same in the status bar. */
  get status(): Locator {
    return this.page.locator('#jp-main-statusbar .jp-Headwater-status');
  }
}
