/** A command behaves as if the wrapper were not there. Each line runs with and without it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MAIN, startCommandLine } from '../../support/command-line.ts';
import {
  compare,
  isInstalled,
  temporaryFolder,
  withoutService,
  WRAPPED,
} from '../../support/compared-command.ts';
import { eventually } from '../../support/eventually.ts';

/** Each with the program that a POSIX system may not have. `RUN` is where the wrapper is. */
const LINES: [line: string, program: string][] = [
  [`RUN sh -c 'echo err > /dev/stderr; echo out > /dev/stdout'`, ''],
  [`RUN sh -c 'echo hi | tee /dev/stdout /dev/stderr'`, ''],
  [`RUN sh -c 'echo more >> /dev/fd/1; echo again > /dev/fd/2'`, ''],
  [`RUN sh -c 'exec 3>&1 4>&2; echo err >&4; echo out >&3'`, ''],
  [`RUN bash -c 'exec > >(tr a-z A-Z); echo hello'`, ''],
  [`RUN bash -c 'diff <(echo a) <(echo b)'`, ''],
  [`RUN sh -c 'test -p /dev/stdout && test -p /dev/stderr && echo pipes'`, ''],
  [`RUN printf 'a\\0b\\377\\r\\n'`, ''],
  [`RUN head -c 100000000 /dev/zero`, ''],
  [`RUN cat`, ''],
  [`RUN head -c 3`, ''],
  [`RUN sh -c 'read line; echo "$line"; cat'`, ''],
  [`RUN sh -c 'exit 255'`, ''],
  [`{ RUN sh -c 'kill -TERM $$'; } 2>/dev/null; echo $?`, ''],
  [`{ RUN sh -c 'kill -KILL $$'; } 2>/dev/null; echo $?`, ''],
  [`{ RUN sh -c 'kill -ALRM $$'; } 2>/dev/null; echo $?`, ''],
  [`{ RUN sh -c 'kill -USR1 $$'; } 2>/dev/null; echo $?`, ''],
  [`{ RUN sh -c 'kill -PIPE $$'; } 2>/dev/null; echo $?`, ''],
  [`RUN yes | head -n 1; echo "\${PIPESTATUS[0]}"`, ''],
  [`RUN sh -c 'yes >&2' 2>&1 >/dev/null | head -n 1; echo "\${PIPESTATUS[0]}"`, ''],
  [`RUN seq 1 200000 | tail -n 1; echo "\${PIPESTATUS[0]}"`, ''],
  [`RUN sh -c '(sleep 0.5; echo late; echo late error >&2) & echo now'`, ''],
  [`RUN sh -c 'nohup sh -c "sleep 0.3; echo survived" & echo now'`, ''],
  [`RUN sh -c '(sleep 0.3; seq 1 50000) & seq 1 50000' | wc -c`, ''],
  [`RUN timeout 0.2 sleep 5; echo $?`, 'timeout'],
  [`seq 20 | RUN xargs -P 8 -n 1 sh -c 'echo $1 >/dev/null' x`, ''],
  [`printf 'all: a b\\na b:\\n\\t@sleep 0.1\\n' > Makefile; RUN make -s -j 2`, 'make'],
  [`git init -q .; RUN git status --short --branch; RUN git log`, 'git'],
  [`echo 'print(1 + 1)' | RUN python3 -i -q`, 'python3'],
  [`RUN less -F /etc/hosts`, 'less'],
  [`RUN vim -es -u NONE -c 'put =42' -c '%print' -c 'qa!'`, 'vim'],
];

describe('the same bytes and the same end:', () => {
  test.for(LINES)('%s', ([line, program], { skip }) => {
    skip(program !== '' && !isInstalled(program), `${program} is not installed`);
    const { alone, wrapped } = compare(line, { input: 'one\ntwo\0three' });
    expect(wrapped).toEqual(alone);
  });
});

test('it ends at once, though something that it left behind goes on', () => {
  const line = `${WRAPPED} sh -c '(sleep 20; echo late) & echo now' > out 2> err; cat out`;
  const beganAtMs = performance.now();
  const { stdout } = spawnSync('bash', ['-c', line], {
    env: withoutService(),
    cwd: temporaryFolder(),
  });
  expect(stdout.toString()).toBe('now\n');
  expect(performance.now() - beganAtMs).toBeLessThan(10_000);
});

describe('output that can not be written', () => {
  const full = existsSync('/dev/full') ? ['/dev/full'] : [];
  test.each(full)('ends no run well: %s', (device) => {
    for (const command of ['echo hi', 'yes', `sh -c 'echo hi; exit 0'`, 'seq 1 100000']) {
      const { wrapped } = compare(`RUN ${command} > ${device}`);
      expect([command, wrapped.exitCode]).toEqual([command, 1]);
      expect(wrapped.stderr).toContain('Its output could not be written: ENOSPC');
    }
  });

  test('a file that reaches its limit in the middle of a write is noticed', () => {
    const { wrapped } = compare(`ulimit -f 8; RUN seq 1 100000 > out`);
    expect(wrapped.exitCode).toBe(1);
    expect(wrapped.stderr).toContain('could not be written: EFBIG');
  });

  test('a command that fails anyway keeps its exit code', () => {
    const { wrapped } = compare(`ulimit -f 8; RUN sh -c 'seq 1 5000 | cat; exit 7' > out`);
    expect(wrapped.exitCode).toBe(7);
  });
});

describe('the temporary folder', () => {
  test.each([
    ['is missing', '/dev/null/folder'],
    ['is no folder', '/dev/null'],
    ['takes nothing new', '/sys'],
    ['has too long a path', ''],
  ])('that %s costs nothing', (_, given) => {
    const long = join(temporaryFolder(), 'x'.repeat(100));
    mkdirSync(long);
    const { alone, wrapped } = compare(`RUN sh -c 'echo hi > /dev/stderr; echo "$TMPDIR"'`, {
      env: { TMPDIR: given || long },
    });
    expect(wrapped).toEqual(alone);
  });

  test('a folder that was deleted does not matter', () => {
    const { alone, wrapped } = compare(`mkdir gone; cd gone; rmdir ../gone; RUN echo hi`);
    expect(wrapped).toEqual(alone);
  });
});

/** Every signal that can be caught, except those of a fault, of a child's end and of our own broken pipe. */
const SIGNALS = [
  ...(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const),
  ...(['SIGWINCH', 'SIGCONT', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGURG', 'SIGVTALRM'] as const),
  ...(['SIGXCPU', 'SIGIO'] as const),
];

test('every signal reaches the command once, and nothing else happens', async () => {
  const program = `
    for (const signal of ${JSON.stringify(SIGNALS)}) process.on(signal, () => console.log(signal));
    console.log('ready');
    process.stdin.resume().on('end', () => process.exit(0));`;
  const env = withoutService();
  const line = startCommandLine(['run', '--', process.execPath, '-e', program], env);
  await eventually(() => line.stdout().includes('ready'), 'the command');
  for (const signal of SIGNALS) {
    line.child.kill(signal);
    await eventually(() => line.stdout().includes(`${signal}\n`), signal);
  }
  line.child.kill('SIGUSR1');
  await eventually(() => line.stdout().split('SIGUSR1').length === 3, 'the second one');
  expect(line.stdout()).toBe(['ready', ...SIGNALS, 'SIGUSR1', ''].join('\n'));
  expect(line.stderr()).not.toContain('Debugger');
  line.child.stdin.end();
  expect((await line.ended).exitCode).toBe(0);
});

test('the program is started with its debugger off, from the first moment', () => {
  expect(readFileSync(MAIN, 'utf8').split('\n')[0]).toBe(
    '#!/usr/bin/env -S node --disable-sigusr1',
  );
});

test('a hang-up ends neither of us when the command ignores it, as behind nohup', async () => {
  const folder = temporaryFolder();
  const mark = join(folder, 'go-on');
  const script = `echo ready; until [ -e "${mark}" ]; do sleep 0.05; done; echo done`;
  const args = [MAIN, 'run', '--', 'nohup', 'sh', '-c', script];
  const child = spawn('nohup', [process.execPath, ...args], {
    env: withoutService(),
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)));
  await eventually(() => text.includes('ready'), 'the command');
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGHUP');
  writeFileSync(mark, '');
  const [exitCode] = (await once(child, 'close')) as [number | null];
  expect([exitCode, text]).toEqual([0, 'ready\ndone\n']);
});
