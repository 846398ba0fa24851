/** `agentlight serve` as a process of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CommandLine } from '../../support/command-line.ts';
import { startCommandLine } from '../../support/command-line.ts';
import { createTestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { OWNER_TOKEN } from './hub.ts';

/** Nothing of the environment of the tests gets through. */
const ENV = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  AGENTLIGHT_OWNER_TOKEN: OWNER_TOKEN,
};

/** Started, not yet ready. Stopped when the test ends. */
export function startServe(args: readonly string[], env: NodeJS.ProcessEnv = {}): CommandLine {
  return startCommandLine(['serve', ...args], { ...ENV, ...env });
}

/** Resolves to where it listens. */
export function whenListening(serve: CommandLine): Promise<string> {
  return eventually(() => {
    const line = serve
      .stdout()
      .split('\n')
      .find((text) => text.includes('"listening"'));
    return line !== undefined && (JSON.parse(line) as { url: string }).url;
  }, `the service to listen: ${serve.stdout()} ${serve.stderr()}`);
}

export async function makeDirectory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-test-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

/** For `--database-url` and `--data-dir`: a database of its own, dropped when the test ends. */
export async function onDatabase(): Promise<readonly string[]> {
  const { url, drop } = await createTestDatabase();
  onTestFinished(drop);
  return ['--database-url', url, '--data-dir', await makeDirectory()];
}
