import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const home = process.env.HEADWATER_HOME as string;
export const notebooks = join(home, 'demo', 'notebooks');

export interface ICommandResult {
  code: number | null;
  document: Record<string, unknown>;
}

/** Run `headwater ... --json` on the home that the browser works on. */
export function headwater(...args: string[]): ICommandResult {
  const done = spawnSync('headwater', [...args, '--json'], {
    encoding: 'utf8',
    env: { ...process.env, HEADWATER_HOME: home }
  });
  if (!done.stdout) {
    throw new Error(`headwater ${args.join(' ')}: ${done.stderr}`);
  }
  return { code: done.status, document: JSON.parse(done.stdout) };
}

/** Run another program of the environment on the same home; its output when it succeeds. */
export function program(name: string, ...args: string[]): string {
  const done = spawnSync(name, args, {
    encoding: 'utf8',
    env: {
      ...process.env,
      HEADWATER_HOME: home,
      PYTHONPATH: join(__dirname, '..')
    }
  });
  if (done.status !== 0) {
    throw new Error(`${name} ${args.join(' ')}: ${done.stderr}`);
  }
  return done.stdout;
}
