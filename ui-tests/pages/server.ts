import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';

import { expect, type Page } from '@playwright/test';

/** A JupyterLab of its own beside the one that all tests share. */
export class Server {
  private constructor(
    readonly url: string,
    private readonly _process: ChildProcess
  ) {}

  /** Start one on the notebooks of `folder`, and wait until it answers. */
  static async start(
    page: Page,
    folder: string,
    options: string[],
    environment: Record<string, string> = {}
  ): Promise<Server> {
    const port = await freePort();
    const started = spawn(
      'python',
      [
        '-m',
        'jupyterlab',
        '--no-browser',
        '--allow-root',
        `--config=${resolve(__dirname, '..', 'server', 'jupyter_server_config.py')}`,
        `--ServerApp.root_dir=${folder}`,
        `--ServerApp.port=${port}`,
        '--ServerApp.port_retries=0',
        ...options
      ],
      { stdio: 'ignore', env: { ...process.env, ...environment } }
    );
    const server = new Server(`http://127.0.0.1:${port}`, started);
    const asked = () =>
      page.request.get(`${server.url}/api/status`).catch(() => null);
    try {
      await expect
        .poll(async () => (await asked())?.ok(), { timeout: 60_000 })
        .toBe(true);
    } catch (reason) {
      server.stop();
      throw reason;
    }
    return server;
  }

  stop(): void {
    this._process.kill('SIGTERM');
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise(ready => probe.once('listening', ready));
  const { port } = probe.address() as AddressInfo;
  await new Promise(closed => probe.close(closed));
  return port;
}
