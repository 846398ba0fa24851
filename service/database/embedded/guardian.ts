import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

import type { Logger } from 'pino';

import type { Binaries } from './binaries.ts';
import { childOptions, type UnprivilegedUser } from './unprivileged-user.ts';

/** A process between this one and the server. It shuts the server down when this process ends, for whatever reason. */
export type Guardian = {
  /** Resolves when the guardian has ended, and the server with it, unless the guardian was killed. */
  exited: Promise<void>;
  /** The last lines that the server wrote, oldest first. */
  lastLines: readonly string[];
  /** Tells the guardian to shut the server down, and does not wait for it. */
  letGo(): void;
};

const linesKept = 20;
const lastWordsMs = 200;

/**
 * Its standard input is a pipe from this process. Nothing is written to it: it closes when this process closes it or dies,
 * and then the server gets SIGINT, a fast shutdown. The server must not inherit the pipe. The guardian ignores signals that
 * are sent to all processes of a service, as systemd does to stop one, and leaves them to this process.
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

/** The same in JavaScript. It uses pg_ctl, which drops administrator rights. postgres refuses to run with them. */
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
 * Starts the server under a guardian, in its own session so that Ctrl-C in the terminal does not reach it. The server's
 * output goes to `log`. Neither process keeps this one alive.
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
    // wait a moment for the last lines in the pipe, which a server that outlived the guardian keeps open
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
