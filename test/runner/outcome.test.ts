import { expect, test } from 'vitest';
import { EVENT_KINDS } from '../../protocol/events/event.ts';
import type { OutcomeContext } from '../../service/runner/process/outcome.ts';
import { outcomeOf, showCommand } from '../../service/runner/process/outcome.ts';
import type { CommandResult } from '../../service/runner/process/process.ts';

const ended = (result: Partial<CommandResult>, context: Partial<OutcomeContext> = {}) =>
  outcomeOf(
    { reason: 'exit', exitCode: undefined, signal: undefined, ...result },
    { tail: '', ...context },
  );

test('exit code 0 is success', () => {
  expect(ended({ exitCode: 0 }, { tail: 'done' })).toEqual({ type: 'run.succeeded', data: {} });
});

test('another exit code is a failure, with the last lines as its message', () => {
  expect(ended({ exitCode: 3 }, { tail: '1 test failed' })).toEqual({
    type: 'run.failed',
    data: { reason: 'exit', message: '1 test failed', exitCode: 3 },
  });
  expect(ended({ exitCode: 1 })).toMatchObject({
    data: { message: 'Exited with code 1 without output.' },
  });
});

test('what a program says of its own end goes before its last lines', () => {
  const verdict = { message: '2 failed, 40 passed', explainsFailure: true };
  expect(ended({ exitCode: 1 }, { tail: 'at x.ts:3', verdict })).toMatchObject({
    type: 'run.failed',
    data: { reason: 'exit', exitCode: 1, message: '2 failed, 40 passed\nat x.ts:3' },
  });
  // the exit code is the truth: that its tests failed may have been expected
  expect(ended({ exitCode: 0 }, { verdict })).toEqual({
    type: 'run.succeeded',
    data: { message: verdict.message },
  });
});

test('a failure is not headed by a success', () => {
  for (const verdict of [{ message: '5 passed' }, { failed: false, message: '5 passed' }]) {
    expect(ended({ exitCode: 7 }, { tail: 'at x.ts:3', verdict })).toMatchObject({
      type: 'run.failed',
      data: { reason: 'exit', message: 'Exited with code 7 after "5 passed".\nat x.ts:3' },
    });
  }
});

test('what says that it failed has failed, though it ended well', () => {
  const verdict = { failed: true, message: 'Rate limited.' };
  expect(ended({ exitCode: 0 }, { verdict })).toEqual({
    type: 'run.failed',
    data: { reason: 'other', exitCode: 0, message: 'Rate limited.' },
  });
});

test('a signal, a time-out and a failed start say what happened first', () => {
  expect(ended({ reason: 'signal', signal: 'SIGSEGV' }, { tail: 'working' })).toMatchObject({
    data: { reason: 'signal', signal: 'SIGSEGV', message: 'Ended by SIGSEGV.\nworking' },
  });
  expect(
    ended({ reason: 'timeout', signal: 'SIGTERM' }, { tail: 'working', timeoutMs: 1_500 }),
  ).toMatchObject({
    data: { reason: 'timeout', message: 'Still running after 1.5 s, so it was stopped.\nworking' },
  });
  expect(ended({ reason: 'spawn', error: new Error('There is no program "x".') })).toEqual({
    type: 'run.failed',
    data: { reason: 'spawn', message: 'There is no program "x".' },
  });
});

test('output that could not be written is a failure, and comes before the last lines', () => {
  const error = new Error('Its output could not be written: no space left');
  expect(ended({ reason: 'output', exitCode: 1, error }, { tail: 'line 7' })).toEqual({
    type: 'run.failed',
    data: { reason: 'other', exitCode: 1, message: `${error.message}\nline 7` },
  });
});

test('a cancelled run is cancelled however its command took it', () => {
  const cancelled = { type: 'run.cancelled', data: {} };
  expect(ended({ reason: 'cancelled', exitCode: 0 })).toEqual(cancelled);
  expect(ended({ reason: 'cancelled', signal: 'SIGKILL' })).toEqual(cancelled);
});

test('a command that was interrupted by its user is cancelled, unless it ended well all the same', () => {
  const stoppedBy = 'Stopped by SIGINT.';
  const cancelled = { type: 'run.cancelled', data: { message: stoppedBy } };
  expect(ended({ reason: 'signal', signal: 'SIGINT' }, { stoppedBy })).toEqual(cancelled);
  expect(ended({ exitCode: 130 }, { stoppedBy })).toEqual(cancelled);
  expect(ended({ exitCode: 0 }, { stoppedBy }).type).toBe('run.succeeded');
});

test('every outcome is one that the protocol allows, however long the output was', () => {
  const tail = `${'line\n'.repeat(10)}${'x'.repeat(1_990)}`;
  for (const result of [
    { exitCode: 1 },
    { reason: 'signal', signal: 'SIGKILL' },
    { reason: 'timeout', signal: 'SIGKILL' },
  ] as const) {
    const { type, data } = ended(result, { tail: tail.slice(-2_000), timeoutMs: 1 });
    expect(EVENT_KINDS[type].schema.safeParse(data).success).toBe(true);
  }
});

test('a command is shown as one would type it', () => {
  expect(showCommand(['npm', 'run', 'test:unit'])).toBe('npm run test:unit');
  expect(showCommand(['sh', '-c', 'echo "a b"', ''])).toBe('sh -c "echo \\"a b\\"" ""');
  expect(showCommand(['x', 'é'.repeat(3_000)]).length).toBeLessThanOrEqual(2_000);
});
