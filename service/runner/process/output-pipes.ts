/**
 * Real pipes for a command's output. What Node calls a pipe is a socket on Unix, and a socket can't be opened again, so
 * `echo x > /dev/stderr` would fail (https://github.com/nodejs/node/issues/21941). Node can't create a pipe, but it can
 * open a FIFO, which a command can't tell from one.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export interface OutputPipe {
  readonly reader: Readable;
  /** File descriptor for the command. Close it after the start, or the pipe never ends. */
  readonly writer: number;
}

export interface OutputPipes {
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
}

let count = 0;

/** @param folder a private one. @returns undefined if no FIFO can be created there. */
export function openOutputPipes(folder: string | undefined): OutputPipes | undefined {
  if (folder === undefined) return undefined;
  count += 1;
  const paths = [join(folder, `stdout-${count}`), join(folder, `stderr-${count}`)] as const;
  const { status } = spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' });
  try {
    return status === 0 ? { stdout: openPipe(paths[0]), stderr: openPipe(paths[1]) } : undefined;
  } catch {
    return undefined;
  } finally {
    // both ends are open, so nothing needs the name any more
    for (const path of paths) rmSync(path, { force: true });
  }
}

function openPipe(path: string): OutputPipe {
  // without O_NONBLOCK this would wait for a writer
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  // the command expects a blocking one
  const writer = openSync(path, constants.O_WRONLY);
  return { reader: new Socket({ fd, readable: true, writable: false }), writer };
}

/** Call it once the command has its own copies. */
export function closeWriters({ stdout, stderr }: OutputPipes): void {
  closeSync(stdout.writer);
  closeSync(stderr.writer);
}
