import { expect, test } from 'vitest';
import type { QueuedEvent, Report } from '../../service/runner/report/event-queue.ts';
import { EventQueue } from '../../service/runner/report/event-queue.ts';

const ALL = { maxEvents: 500, maxBytes: 1_000_000 };
const [agent, run] = ['tests', 'r1'];
const started: Report = { type: 'run.started', agent, run, data: {} };
const succeeded: Report = { type: 'run.succeeded', agent, run, data: {} };
const progress = (value: number, of = run): Report => ({
  type: 'run.progress',
  agent,
  run: of,
  data: { value },
});
const output = (text: string): Report => ({
  type: 'run.output',
  agent,
  run,
  data: { stream: 'stdout', text },
});

function makeQueue(maxOutputChars?: number): EventQueue {
  let second = 0;
  const now = () => `2026-01-01T00:00:${String(second++).padStart(2, '0')}.000Z`;
  return new EventQueue({ now, ...(maxOutputChars !== undefined && { maxOutputChars }) });
}

function read(queue: EventQueue): QueuedEvent[] {
  return queue.batch(ALL, (event) => JSON.stringify(event)).map((text) => JSON.parse(text));
}

const show = ({ type, data }: QueuedEvent) =>
  type === 'run.output' ? data.text : type === 'run.progress' ? data.value : type;

test('keeps events in order, each with an id of its own and the time at which it came', () => {
  const queue = makeQueue();
  queue.add(started);
  queue.add(output('a'));
  queue.add({ ...succeeded, time: '2025-12-31T23:59:59.000Z' });
  const events = read(queue);
  expect(events.map(show)).toEqual(['run.started', 'a', 'run.succeeded']);
  expect(events.map(({ time }) => time)).toEqual([
    '2026-01-01T00:00:00.000Z',
    '2026-01-01T00:00:01.000Z',
    '2025-12-31T23:59:59.000Z',
  ]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(3);
});

test('gives the same ids again until they are acknowledged', () => {
  const queue = makeQueue();
  queue.add(started);
  const first = read(queue);
  queue.add(succeeded);
  expect(read(queue)[0]).toEqual(first[0]);
  queue.acknowledge(1);
  expect(read(queue).map(show)).toEqual(['run.succeeded']);
});

test('of progress only the latest waits, for each run, in its first place', () => {
  const queue = makeQueue();
  queue.add(started);
  queue.add(progress(0.1));
  queue.add(progress(0.5, 'r2'));
  queue.add(output('a'));
  queue.add(progress(0.2));
  expect(read(queue).map(show)).toEqual(['run.started', 0.2, 0.5, 'a']);
});

test('progress that may be in the log already is not changed any more', () => {
  const queue = makeQueue();
  queue.add(progress(0.1));
  read(queue);
  queue.add(progress(0.2));
  queue.add(progress(0.3));
  expect(read(queue).map(show)).toEqual([0.1, 0.3]);
});

test('output beyond the limit is dropped, and a note says how much; the end of the run is not', () => {
  const queue = makeQueue(1_000);
  queue.add(started);
  queue.add(output('a'.repeat(600)));
  queue.add(output('b'.repeat(400)));
  queue.add(output('c'.repeat(100)));
  queue.add(succeeded);
  const events = read(queue).map(show);
  expect(events).toEqual([
    'run.started',
    'a'.repeat(600),
    expect.stringContaining('500 characters of output are missing here'),
    'run.succeeded',
  ]);
});

test('once the service has taken the output there is room again', () => {
  const queue = makeQueue(1_000);
  queue.add(output('a'.repeat(600)));
  queue.add(output('b'.repeat(600)));
  read(queue);
  queue.acknowledge(1);
  queue.add(output('c'.repeat(200)));
  expect(read(queue).map(show)).toEqual([
    expect.stringContaining('600 characters'),
    'c'.repeat(200),
  ]);
});

test('a batch has at most so many events and bytes, but always one', () => {
  const queue = makeQueue();
  for (const text of ['ä'.repeat(100), 'b', 'c']) queue.add(output(text));
  const toJson = (event: QueuedEvent) => String(show(event));
  expect(queue.batch({ maxEvents: 2, maxBytes: 1_000 }, toJson)).toHaveLength(2);
  expect(queue.batch({ maxEvents: 9, maxBytes: 202 }, toJson)).toHaveLength(1);
  expect(queue.batch({ maxEvents: 9, maxBytes: 203 }, toJson)).toHaveLength(2);
  expect(queue.batch({ maxEvents: 9, maxBytes: 10 }, toJson)).toHaveLength(1);
});

test('a refused event is taken out, the others stay', () => {
  const queue = makeQueue();
  for (const text of ['a', 'b', 'c']) queue.add(output(text));
  read(queue);
  expect(queue.remove(1)).toMatchObject({ data: { text: 'b' } });
  expect(read(queue).map(show)).toEqual(['a', 'c']);
  expect(queue.remove(7)).toBeUndefined();
});
