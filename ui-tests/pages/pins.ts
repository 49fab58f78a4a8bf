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

  /** The button that says the version of a pin, and opens the list of versions. */
  version(dataset: string): Locator {
    return this.pin(dataset).locator('.jp-Headwater-pin-choice');
  }

  versions(dataset: string): Locator {
    return this.pin(dataset).getByRole('option');
  }

  reason(dataset: string): Locator {
    return this.pin(dataset).getByRole('textbox', { name: /Reason/ });
  }

  get undo(): Locator {
    return this.root.getByRole('button', { name: /Undo/ });
  }
}
