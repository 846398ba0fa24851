import { expect, test } from 'vitest';
import type { LogEvent } from '../../protocol/events/event.ts';
import { plain, table } from '../../service/cli/print.ts';
import { describeEvent } from '../../service/cli/tail.ts';

test('what agents say can not control the terminal, or spread over lines', () => {
  expect(plain('\u001b[2Jgone\u0007\u009b31m')).toBe('[2Jgone31m');
  expect(plain('two\nlines\tand\u202e a trick\u200b ')).toBe('two lines and a trick');
});

test('columns are as wide as their widest cell', () => {
  expect(
    table([
      ['ID', 'NAME'],
      ['longer', 'x'],
      ['y', ''],
    ]),
  ).toEqual(['ID      NAME', 'longer  x', 'y']);
});

const event = (type: string, data: object, more: object = {}) =>
  ({
    seq: 1,
    id: 'x',
    time: '2026-01-31T12:00:00.000Z',
    agent: 'tests',
    type,
    data,
    ...more,
  }) as LogEvent;

test.each([
  [event('run.requested', {}, { actor: 'ann' }), 'tests  run.requested  by ann'],
  [event('run.started', { command: 'npm test' }), 'tests  run.started  npm test'],
  [
    event('run.progress', { value: 0.424, message: 'epoch 3' }),
    'tests  run.progress  42 % epoch 3',
  ],
  [event('run.progress', {}), 'tests  run.progress'],
  [event('run.succeeded', {}), 'tests  run.succeeded'],
  [
    event('run.failed', { reason: 'exit', exitCode: 1, message: 'a\n\u001b[31mb failed\n' }),
    'tests  run.failed  exit 1: [31mb failed',
  ],
  [
    event('run.failed', { reason: 'signal', signal: 'SIGKILL', message: 'Ended.' }),
    'tests  run.failed  signal SIGKILL: Ended.',
  ],
  [event('agent.disconnected', { reason: 'goodbye' }), 'tests  agent.disconnected  goodbye'],
  [event('service.started', {}, { agent: undefined }), '-  service.started'],
  [event('something.newer', { any: 'thing' }), 'tests  something.newer'],
])('describes %j in one line', (given, expected) => {
  expect(describeEvent(given).replace(/^\d\d:\d\d:\d\d {2}/, '')).toBe(expected);
});
