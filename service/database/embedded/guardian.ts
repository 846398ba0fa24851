import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

import type { Logger } from 'pino';

import type { Binaries } from './binaries.ts';
import { childOptions, type UnprivilegedUser } from './unprivileged-user.ts';

/** The process between us and the server, which ends the server when we end, however we do. */
export type Guardian = {
  /** Resolves when the guardian has ended, and with it (unless it was killed) the server. */
  exited: Promise<void>;
  /** The last lines that the server wrote, oldest first. */
  lastLines: readonly string[];
  /** Makes the guardian shut the server down, as our death would. Returns at once. */
  letGo(): void;
};

const linesKept = 20;
const lastWordsMs = 200;

/**
 * Its standard input is a pipe from us. Nothing is ever written to it: it closes when we close it
 * or die. Then the server gets SIGINT, a fast shutdown. The server must not inherit the pipe.
 * Signals to all processes of a service (systemd sends them when it stops one) are ours to act on,
 * not the guardian's.
 */
const posixGuardian = `
trap '' HUP INT TERM
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
(read -r _; kill -INT $server) <&3 >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait $server
code=$?
kill -KILL $watcher
exit $code`;

/**
 * The same in JavaScript. pg_ctl, unlike postgres, sheds an administrator's rights, which it
 * refuses.
 */
const windowsGuardian = `
const { spawnSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const [pgCtl, cluster] = process.argv.slice(1);
const stdio = ['ignore', 'inherit', 'inherit'];
const control = (...words) =>
  spawnSync(pgCtl, [...words, '-s', '-w', '-D', cluster], { stdio, windowsHide: true }).status ?? 1;
if (control('start') !== 0) process.exit(1);
const server = Number(readFileSync(cluster + '/postmaster.pid', 'utf8').split('\\n')[0]);
setInterval(() => { try { process.kill(server, 0); } catch { process.exit(1); } }, 1000);
process.stdin.resume().on('close', () => process.exit(control('stop', '-m', 'fast')));`;

/**
 * Starts the server under a guardian, in a session of its own so that Ctrl-C in the terminal does
 * not reach it before we have finished with it. What the server writes goes to `log`. None of it
 * keeps this process alive.
 */
export function startGuarded(options: {
  binaries: Binaries;
  cluster: string;
  user: UnprivilegedUser | undefined;
  log: Logger;
}): Guardian {
  const { binaries, cluster, user, log } = options;
  const [command, ...flags] =
    process.platform === 'win32'
      ? [process.execPath, '-e', windowsGuardian, binaries.pgCtl, cluster]
      : ['/bin/sh', '-c', posixGuardian, 'agentlight-guardian', binaries.postgres, '-D', cluster];
  const child = spawn(command ?? '', flags, {
    ...childOptions(user),
    cwd: cluster,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const lastLines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > linesKept) lastLines.shift();
    logLine(line, log);
  });
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      lastLines.push(error.message);
      resolve();
    });
    child.once('close', resolve);
    // The pipe may still hold the last words; a server that outlived the guardian holds it open.
    child.once('exit', () => {
      const patience = setTimeout(() => child.stderr.destroy(), lastWordsMs);
      child.once('close', () => clearTimeout(patience));
    });
  });
  child.unref();
  (child.stdin as Socket).unref();
  (child.stderr as Socket).unref();
  return {
    exited,
    lastLines,
    letGo() {
      child.ref();
      child.stdin.destroy();
    },
  };
}

function logLine(line: string, log: Logger): void {
  const level = /^([A-Z]+):/.exec(line)?.[1];
  if (level === 'PANIC') log.error({ postgres: line }, 'PostgreSQL panicked');
  else if (level === 'FATAL' || level === 'WARNING')
    log.warn({ postgres: line }, 'PostgreSQL warned');
  else log.debug({ postgres: line }, 'PostgreSQL said');
}
