import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CommandOptions, RunningCommand } from '../../service/runner/process/process.ts';
import { startCommand } from '../../service/runner/process/process.ts';
import { readProc, readPs } from '../../service/runner/process/process-table.ts';
import { eventually, isRunning } from '../support/eventually.ts';

/** Starts a command and collects its output. */
function start(
  command: readonly string[],
  options: Partial<CommandOptions> = {},
): { running: RunningCommand; text: () => string } {
  const chunks: Buffer[] = [];
  const running = startCommand({
    command,
    cwd: tmpdir(),
    env: process.env,
    onOutput: (_, chunk) => void chunks.push(chunk),
    ...options,
  });
  onTestFinished(() => {
    running.cancel(0);
  });
  return { running, text: () => Buffer.concat(chunks).toString() };
}

const node = (program: string, ...args: string[]) => [process.execPath, '-e', program, ...args];
const exit = (exitCode: number) => ({ reason: 'exit', exitCode, signal: undefined });

/** A shell that prints the pid of its background process and waits for it. */
const withGrandchild = (grandchild: string) => ['sh', '-c', `${grandchild} & echo $!; wait`];
const DEAF = `sh -c 'trap "" TERM; while :; do sleep 0.05; done'`;

async function pidIn(text: () => string): Promise<number> {
  return Number(await eventually(() => /^\d+/.exec(text())?.[0], 'the pid of the grandchild'));
}

describe('a command', () => {
  test('tells its output and its exit code', async () => {
    const streams: string[] = [];
    const { running } = start(['sh', '-c', 'echo out; echo err >&2; exit 3'], {
      onOutput: (stream, chunk) => void streams.push(`${stream}: ${chunk.toString().trim()}`),
    });
    expect(await running.result).toEqual(exit(3));
    expect(streams.sort()).toEqual(['stderr: err', 'stdout: out']);
  });

  test('gets its arguments as they are, and no shell sees them', async () => {
    const args = ['a b', '$(id)', '`id`', "'", '"', '*', '; exit 9', '', '-x', 'é\n😀'];
    const { running, text } = start(
      node('console.log(JSON.stringify(process.argv.slice(1)))', '--', ...args),
    );
    expect(await running.result).toEqual(exit(0));
    expect(JSON.parse(text())).toEqual(args);
  });

  test('runs in its folder and with its environment', async () => {
    const { running, text } = start(['sh', '-c', 'pwd -P; echo $COLOUR'], {
      cwd: '/',
      env: { PATH: process.env['PATH'], COLOUR: 'amber' },
    });
    await running.result;
    expect(text()).toBe('/\namber\n');
  });

  test('that is ended by a signal tells which', async () => {
    const { running } = start(['sh', '-c', 'kill -HUP $$']);
    expect(await running.result).toEqual({
      reason: 'signal',
      exitCode: undefined,
      signal: 'SIGHUP',
    });
  });

  test('that can not start says why', async () => {
    const errorOf = async (command: string[], options = {}) => {
      const { running } = start(command, options);
      const { reason, error } = await running.result;
      expect([running.pid, reason]).toEqual([undefined, 'spawn']);
      return error?.message;
    };
    const dir = mkdtempSync(join(tmpdir(), 'agentlight-test-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    writeFileSync(join(dir, 'notes.txt'), '');
    expect(await errorOf(['no-such-program'])).toBe('There is no program "no-such-program".');
    expect(await errorOf(['true'], { cwd: '/no/such' })).toBe('There is no folder /no/such.');
    expect(await errorOf([join(dir, 'notes.txt')])).toContain('may not be executed');
    expect(await errorOf(['echo', 'a\0b'])).toContain('null bytes');
  });

  test('that prints faster than its output is taken loses nothing', async () => {
    const hash = createHash('sha256');
    let bytes = 0;
    const { running } = start(
      node('for (let i = 0; i < 400; i++) process.stdout.write(Buffer.alloc(10_000, i))'),
      {
        onOutput(_, chunk) {
          hash.update(chunk);
          bytes += chunk.length;
          return new Promise((resolve) => setImmediate(resolve));
        },
      },
    );
    expect(await running.result).toEqual(exit(0));
    expect(bytes).toBe(4_000_000);
    const expected = createHash('sha256');
    for (let i = 0; i < 400; i += 1) expected.update(Buffer.alloc(10_000, i));
    expect(hash.digest('hex')).toBe(expected.digest('hex'));
  });

  test('is over when it ends, though something that it left behind holds its output open', async () => {
    const { running, text } = start(['sh', '-c', 'sleep 60 & echo $!; echo last words']);
    expect(await running.result).toEqual(exit(0));
    const leftover = await pidIn(text);
    expect(text()).toContain('last words');
    expect(isRunning(leftover)).toBe(true);
    process.kill(leftover);
  });

  test('may leave something behind, which goes on writing without a reader, through sockets and pipes', async () => {
    const pipeFolder = mkdtempSync(join(tmpdir(), 'agentlight-test-'));
    onTestFinished(() => rmSync(pipeFolder, { recursive: true }));
    for (const folder of [undefined, pipeFolder]) {
      const mark = join(pipeFolder, `written-${folder === undefined}`);
      const leftover = `until [ -e "${mark}-go" ]; do sleep 0.02; done; echo late && echo $? > "${mark}"`;
      const { running, text } = start(['sh', '-c', `(${leftover}) & echo now`], {
        pipeFolder: folder,
      });
      expect(running.hasPipes).toBe(folder !== undefined);
      expect(await running.result).toEqual(exit(0));
      await running.letGo('ignore');
      writeFileSync(`${mark}-go`, '');
      await eventually(() => existsSync(mark), 'the write after the end');
      expect(text()).toBe('now\n');
    }
  });

  test('whose reader is gone finds that out at its next write', async () => {
    const { running } = start(['yes'], { onOutput: () => void running.breakPipe('stdout') });
    expect((await running.result).reason).toMatch(/signal|exit/);
  });
});

describe('cancelling', () => {
  test('asks the whole group to end', async () => {
    const { running, text } = start(withGrandchild('sleep 60'));
    const grandchild = await pidIn(text);
    running.cancel();
    expect(await running.result).toMatchObject({ reason: 'cancelled', signal: 'SIGTERM' });
    expect(isRunning(grandchild)).toBe(false);
  });

  test('kills what does not end in time, also when the command itself did', async () => {
    const { running, text } = start(withGrandchild(DEAF), { cancelGraceMs: 200 });
    const grandchild = await pidIn(text);
    running.cancel();
    expect(await running.result).toMatchObject({ reason: 'cancelled', signal: 'SIGTERM' });
    expect(isRunning(grandchild)).toBe(false);
  });

  test('gives the command its grace to tidy up', async () => {
    const { running, text } = start([
      'sh',
      '-c',
      'trap "echo tidy; exit 7" TERM; echo on; sleep 60 & wait',
    ]);
    await eventually(() => text().includes('on'), 'the trap');
    running.cancel();
    expect(await running.result).toEqual({ reason: 'cancelled', exitCode: 7, signal: undefined });
    expect(text()).toContain('tidy');
  });

  test('can be made more urgent', async () => {
    const { running, text } = start([
      'sh',
      '-c',
      `trap "" TERM; echo on; while :; do sleep 0.05; done`,
    ]);
    await eventually(() => text().includes('on'), 'the trap');
    running.cancel(60_000);
    running.cancel(0);
    expect(await running.result).toMatchObject({ reason: 'cancelled', signal: 'SIGKILL' });
  });

  test('something that is over does nothing', async () => {
    const { running } = start(['true']);
    const result = await running.result;
    running.cancel(0);
    running.signal('SIGTERM');
    expect(result).toEqual(exit(0));
  });

  test('in a shared group reaches every descendant, and not ourselves', async () => {
    const { running, text } = start(withGrandchild(DEAF), { group: 'shared', cancelGraceMs: 200 });
    const grandchild = await pidIn(text);
    running.cancel();
    expect((await running.result).reason).toBe('cancelled');
    expect(isRunning(grandchild)).toBe(false);
  });
});

test('a time limit ends the whole group, and is told as the reason', async () => {
  const { running, text } = start(withGrandchild(DEAF), { timeoutMs: 300, cancelGraceMs: 100 });
  const grandchild = await pidIn(text);
  expect((await running.result).reason).toBe('timeout');
  expect(isRunning(grandchild)).toBe(false);
});

test('a signal is passed on to the whole group', async () => {
  const { running, text } = start(withGrandchild('sleep 60'));
  const grandchild = await pidIn(text);
  running.signal('SIGHUP');
  expect(await running.result).toMatchObject({ reason: 'signal', signal: 'SIGHUP' });
  await eventually(() => !isRunning(grandchild), 'the end of the grandchild');
});

test('both ways to read the table of processes tell the same of a child', async () => {
  const { running } = start(['sleep', '60']);
  const { pid = 0 } = running;
  const expected = { pid, parent: process.pid, group: pid, isZombie: false };
  const tables = process.platform === 'linux' ? [readProc(), readPs()] : [readPs()];
  for (const table of tables) expect(table).toContainEqual(expect.objectContaining(expected));
});
