import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { ensureFirefox } from '../../scripts/browser/firefox.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where Firefox takes orders by WebDriver BiDi, from one at a time. */
    firefoxUrl: string;
  }
}

const START_LIMIT_MS = 60_000;
/** Notifications as windows of its own: a machine without a desktop has nobody who shows them. */
const PREFS = 'user_pref("alerts.useSystemBackend", false);\n';

/** One Firefox for the whole test run, as its start takes longer than most tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const profileDir = await mkdtemp(join(tmpdir(), 'agentlight-firefox-'));
  await writeFile(join(profileDir, 'user.js'), PREFS);
  const child = spawn(
    await ensureFirefox(console.log),
    [
      '--headless',
      '--no-remote',
      '--profile',
      profileDir,
      '--remote-debugging-port=0',
      // the toolbar and the life of the event page can be seen from its own scripts only
      '--remote-allow-system-access',
      'about:blank',
    ],
    {
      // as root it refuses the home of somebody else
      env: { ...process.env, HOME: profileDir, MOZ_CRASHREPORTER_DISABLE: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    },
  );
  const ended = once(child, 'close');
  const teardown = async () => {
    // with all the processes that it has started
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
    await rm(profileDir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const url = await Promise.race([readUrl(child.stderr), refuseAfter(START_LIMIT_MS)]);
    project.provide('firefoxUrl', url);
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

/** Reads on to the end, whatever comes: a full pipe would stop Firefox. */
function readUrl(stderr: Readable): Promise<string> {
  const url = Promise.withResolvers<string>();
  const said: string[] = [];
  createInterface(stderr)
    .on('line', (line) => {
      said.push(line);
      const found = /^WebDriver BiDi listening on (\S+)/.exec(line)?.[1];
      if (found !== undefined) url.resolve(found);
    })
    .on('close', () => url.reject(new Error(`Firefox has ended:\n${said.join('\n')}`)));
  return url.promise;
}

async function refuseAfter(limitMs: number): Promise<never> {
  await delay(limitMs, undefined, { ref: false });
  throw new Error(`Firefox takes no orders after ${limitMs / 1_000} s.`);
}
