import { expect, type Page } from '@playwright/test';

/** Run a command of JupyterLab, as its menus do. A dialog keeps a command from ending: nobody waits here. */
export async function run(
  page: Page,
  id: string,
  args: object = {}
): Promise<void> {
  await page.evaluate(
    ([command, given]) => {
      const { jupyterapp } = window as unknown as {
        jupyterapp: {
          commands: { execute: (id: string, args: object) => Promise<unknown> };
        };
      };
      void jupyterapp.commands.execute(command, given);
    },
    [id, args] as const
  );
}

/** Turn to the light or the dark theme, and wait until it is there. */
export async function turnTo(
  page: Page,
  theme: 'Light' | 'Dark'
): Promise<void> {
  await run(page, 'apputils:change-theme', { theme: `JupyterLab ${theme}` });
  await expect(page.locator('body')).toHaveAttribute(
    'data-jp-theme-light',
    String(theme === 'Light')
  );
}
