import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { defineConfig, type PlaywrightTestConfig } from '@playwright/test';
import galata from '@jupyterlab/galata/lib/playwright-config';

// Its types do not say what the module gives.
const baseConfig = galata as unknown as PlaywrightTestConfig;

const port = process.env.HEADWATER_UI_PORT ?? '18931';
const home =
  process.env.HEADWATER_UI_HOME ?? join(tmpdir(), `headwater-ui-${port}`);
const chromium =
  process.env.HEADWATER_CHROMIUM ??
  execFileSync('bash', [resolve(__dirname, '..', 'tools', 'chromium.sh')], {
    encoding: 'utf8'
  }).trim();
// The tests ask the command line about the files that the browser has saved.
process.env.HEADWATER_HOME = home;

export default defineConfig({
  ...baseConfig,
  expect: { timeout: 20_000 },
  reporter: 'list',
  retries: 0,
  // Alone, or with jupyter-collaboration installed: the Makefile says which.
  testDir: process.env.HEADWATER_UI_TESTS ?? './tests',
  timeout: 300_000,
  use: {
    ...baseConfig.use,
    baseURL: `http://127.0.0.1:${port}`,
    trace: 'retain-on-failure',
    video: 'off',
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: chromium,
      args: [
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--disable-gpu',
        '--font-render-hinting=none'
      ]
    }
  },
  // What a user starts, on an empty folder; only JupyterLab's settings are a test's.
  webServer: {
    command: `rm -rf '${home}' && exec headwater demo --no-browser --port ${port} --home '${home}'`,
    cwd: __dirname,
    env: {
      ...(process.env as Record<string, string>),
      JUPYTER_CONFIG_PATH: join(__dirname, 'server')
    },
    gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
    reuseExistingServer: false,
    timeout: 300_000,
    url: `http://127.0.0.1:${port}/lab`
  },
  workers: 1
});
