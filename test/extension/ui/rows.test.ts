import { expect, test } from 'vitest';
import { rowLine, sectionsOf } from '../../../extension/ui/list/rows.ts';
import { acknowledgedWords } from '../../../extension/ui/parts/words.ts';
import { MemoryLog, uuid } from '../../support/fleet.ts';

const RUN = uuid(901);

function oneRow(tell: (log: MemoryLog) => void) {
  const log = new MemoryLog();
  log.connectAgent('a');
  tell(log);
  const [section] = sectionsOf(log.fleet, 'alice');
  const [row] = section?.rows ?? [];
  return { section: section?.id, ...row, can: row?.actions.map(({ kind }) => kind) };
}

function disconnect(log: MemoryLog, reason: 'goodbye' | 'connection-lost') {
  const connection = { runner: 'r1', generation: 1 };
  log.apply({ type: 'disconnect', connection, reason });
}

const start = (log: MemoryLog) => log.report('run.started', RUN, { command: 'npm test' });

test.each<[string, (log: MemoryLog) => unknown, object]>([
  [
    'never run',
    () => undefined,
    { section: 'idle', status: 'idle', line: 'Has not run yet', can: ['run'] },
  ],
  [
    'requested',
    (log) => log.request(RUN),
    { section: 'running', status: 'requested', line: 'Starting…', can: ['cancel', 'queue'] },
  ],
  ['running', start, { section: 'running', line: 'npm test', can: ['cancel', 'pause', 'queue'] }],
  [
    'running, with phase and progress',
    (log) => {
      start(log);
      log.report('run.phase', RUN, { name: 'build' });
      log.report('run.progress', RUN, { value: 0.25, message: '3 of 12' });
    },
    { line: 'build · 3 of 12', progress: 0.25 },
  ],
  [
    'cancelling',
    (log) => {
      start(log);
      log.apply({ type: 'cancel-run', run: RUN });
    },
    { section: 'running', status: 'cancelling', line: 'Cancelling…', can: ['queue'] },
  ],
  [
    'failed',
    (log) => {
      start(log);
      const message = 'lots\nof text\nthe last line\n';
      log.report('run.failed', RUN, { reason: 'exit', exitCode: 2, message });
    },
    {
      section: 'failed',
      line: 'exit 2 · the last line',
      isFailure: true,
      can: ['run', 'retry', 'acknowledge'],
    },
  ],
  [
    'paused',
    (log) => {
      start(log);
      log.report('run.paused', RUN);
    },
    {
      section: 'running',
      status: 'paused',
      line: 'Paused · npm test',
      can: ['cancel', 'resume', 'queue'],
    },
  ],
  [
    'expensive',
    (log) => {
      log.connectAgent('a', { budget: { costUsdPerRun: 0.1 } });
      start(log);
      log.report('usage.reported', RUN, { costUsd: 0.42 });
    },
    { line: 'npm test · $0.42, over budget' },
  ],
  [
    'failed, and someone is on it',
    (log) => {
      start(log);
      log.report('run.failed', RUN, { reason: 'exit', message: '' });
      log.apply({ type: 'acknowledge', agent: 'a', attention: log.fleet.seq });
    },
    { acknowledgedBy: 'alice', can: ['run', 'retry', 'unacknowledge'] },
  ],
  [
    'killed',
    (log) => {
      start(log);
      log.report('run.failed', RUN, { reason: 'signal', signal: 'SIGKILL', message: '' });
    },
    { line: 'SIGKILL' },
  ],
  [
    'succeeded',
    (log) => {
      start(log);
      log.report('run.succeeded', RUN, { message: '412 passed' });
    },
    {
      section: 'idle',
      status: 'succeeded',
      line: expect.stringMatching(/^Succeeded in .* · 412 passed$/),
    },
  ],
  [
    'lost contact in mid-run',
    (log) => {
      start(log);
      disconnect(log, 'connection-lost');
    },
    {
      section: 'lost',
      status: 'lost',
      lostRun: { host: undefined, atMs: expect.any(Number) as number },
      can: ['queue', 'acknowledge'],
    },
  ],
  [
    'stopped on purpose',
    (log) => disconnect(log, 'goodbye'),
    { section: 'offline', line: 'Stopped', can: ['queue'], time: { kind: 'seen' } },
  ],
  [
    'hostile',
    (log) => {
      log.report('run.started', RUN, { command: '\u202egpj.exe\n\u0000rm -rf /' });
    },
    { line: 'gpj.exe rm -rf /' },
  ],
])('%s', (_case, tell, expected) => {
  expect(oneRow(tell)).toMatchObject(expected);
});

test.each([
  [undefined, 'Lost contact 33 min ago, in mid-run'],
  ['nas', 'Lost nas 33 min ago, in mid-run'],
])('a lost run on the machine %s says when contact was lost', (host, expected) => {
  const log = new MemoryLog();
  log.connectAgent('a', host === undefined ? {} : { host });
  start(log);
  disconnect(log, 'connection-lost');
  const [row] = sectionsOf(log.fleet, 'alice')[0]?.rows ?? [];
  const nowMs = Date.parse(log.fleet.agents['a']?.lostSince?.at ?? '') + 33 * 60_000;
  expect(row && rowLine(row, nowMs)).toBe(expected);
});

test('sections are ordered by urgency, and agents inside by name', () => {
  const log = new MemoryLog();
  for (const id of ['idle10', 'idle9', 'runs', 'fails', 'gone']) log.connectAgent(id);
  log.report('run.started', uuid(911), {}, 'runs');
  log.report('run.started', uuid(912), {}, 'fails');
  log.report('run.failed', uuid(912), { reason: 'exit', message: '' }, 'fails');
  log.apply({ type: 'connect', runner: 'r2', agents: ['gone'], instance: 'i-1' });
  const order = sectionsOf(log.fleet, 'alice').map(({ id, rows }) => [
    id,
    ...rows.map(({ agent }) => agent),
  ]);
  expect(order).toEqual([
    ['failed', 'fails'],
    ['running', 'runs'],
    ['idle', 'gone', 'idle9', 'idle10'],
  ]);
});

test('the machine is shown only where there are several', () => {
  const log = new MemoryLog();
  const register = (agent: string, host: string) =>
    log.apply({ type: 'register-agent', agent, profile: { name: agent, host, capabilities: [] } });
  const hosts = () =>
    sectionsOf(log.fleet, 'alice').flatMap(({ rows }) => rows.map(({ host }) => host));
  register('a', 'laptop');
  expect(hosts()).toEqual([undefined]);
  register('b', 'server');
  expect(hosts()).toEqual(['laptop', 'server']);
});

test('the bars show the last runs, and the longest run has the highest bar', () => {
  const row = oneRow((log) => {
    for (const n of [1, 2, 3]) {
      log.report('run.started', uuid(900 + n));
      if (n === 2) log.report('run.progress', uuid(900 + n), { value: 0.5 });
      log.report('run.succeeded', uuid(900 + n));
    }
  });
  expect(row.bars?.map(({ outcome, height }) => [outcome, height === 1])).toEqual([
    ['succeeded', false],
    ['succeeded', true],
    ['succeeded', false],
  ]);
});

test('the person who is on it is named, and is “you” for oneself', () => {
  expect(acknowledgedWords(undefined, 'alice')).toBeUndefined();
  expect(acknowledgedWords('bob', 'alice')).toBe('bob is on it');
  expect(acknowledgedWords('alice', 'alice')).toBe('You’re on it');
});
