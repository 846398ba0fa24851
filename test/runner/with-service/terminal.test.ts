/** Wrapped commands at a terminal. */
import { expect, test } from 'vitest';
import { eventually, isRunning } from '../../support/eventually.ts';
import type { Terminal } from '../../support/terminal.ts';
import { openCommandLineAtTerminal } from '../../support/terminal.ts';
import { startTestService } from '../../support/test-service.ts';

/** Runs `agentlight run -- node -e PROGRAM` in a terminal of its own. */
function openTerminal(
  program: string,
  env: NodeJS.ProcessEnv,
  flags: readonly string[] = [],
): Terminal {
  return openCommandLineAtTerminal(['run', ...flags, '--', process.execPath, '-e', program], env);
}

const COUNT_SIGINT = `
  let count = 0;
  process.on('SIGINT', () => {
    console.log('signal ' + ++count);
    setTimeout(() => process.exit(9), 200);
  });
  console.log('ready');
  setInterval(() => {}, 1000);`;

test('Ctrl-C reaches the command once', async () => {
  const service = await startTestService();
  const terminal = openTerminal(COUNT_SIGINT, service.env, ['--id', 't']);
  await eventually(() => terminal.screen().includes('ready'), 'the command');
  terminal.keyboard.write('\u0003');
  expect(await terminal.ended).toBe(9);
  expect(terminal.screen()).toMatch(/signal 1\n$/);
  const agent = await service.whenAgent('t', 'ended');
  expect(await service.run(agent.lastRun ?? '')).toMatchObject({ status: 'cancelled' });
});

test('a command may read from the keyboard, and use the terminal', async () => {
  const service = await startTestService();
  const program = `
    const { openSync, writeSync } = require('node:fs');
    writeSync(openSync('/dev/tty', 'w'), 'straight to the terminal\\n');
    console.log('input is a terminal: ' + process.stdin.isTTY);
    process.stdin.once('data', (line) => { console.log('you said', String(line)); process.exit(0); });`;
  const terminal = openTerminal(program, service.env);
  await eventually(() => terminal.screen().includes('input is'), 'the question');
  terminal.keyboard.write('hello\n');
  expect(await terminal.ended).toBe(0);
  expect(terminal.screen()).toContain('straight to the terminal\n');
  expect(terminal.screen()).toContain('input is a terminal: true\n');
  expect(terminal.screen()).toContain('you said hello\n');
});

test('a command is told to keep its colours, which somebody sees', async () => {
  const service = await startTestService();
  const program = `console.log(require('node:util').styleText('red', 'colour', { stream: process.stdout }));`;
  const terminal = openTerminal(program, service.env);
  expect(await terminal.ended).toBe(0);
  expect(terminal.screen()).toContain('\u001b[31mcolour\u001b[39m');
});

test('a full-screen program gets the terminal itself', async () => {
  const service = await startTestService();
  const program = `console.log('output is a terminal: ' + process.stdout.isTTY);`;
  const terminal = openTerminal(program, service.env, ['--no-output']);
  expect(await terminal.ended).toBe(0);
  expect(terminal.screen()).toContain('output is a terminal: true\n');
});

test('cancelling from the browser ends the command and what it started, and nothing else', async () => {
  const service = await startTestService();
  const program = `
    const child = require('node:child_process').spawn('sleep', ['60']);
    console.log('ready ' + child.pid);
    setInterval(() => {}, 1000);`;
  const terminal = openTerminal(program, service.env, ['--id', 't']);
  const grandchild = await eventually(
    () => Number(/ready (\d+)/.exec(terminal.screen())?.[1]),
    'the command',
  );
  const agent = await service.whenAgent('t', 'live');
  const run = await eventually(async () => (await service.agent('t'))?.runs[0], 'the run');
  await service.client.request('POST', `/v1/runs/${run}/cancel`, { body: {} });
  expect(await terminal.ended).toBe(128 + 15);
  expect(isRunning(grandchild)).toBe(false);
  expect(agent.capabilities).toEqual(['cancel', 'pause']);
  expect((await service.run(run)).status).toBe('cancelled');
});
