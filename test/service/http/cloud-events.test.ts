import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogEvent } from '../../../protocol/events/event.ts';
import type { ReportAnswer } from '../../../protocol/wire/messages.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';
import type { Answer } from './request.ts';
import { jsonOf } from './request.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await openHub();
  await hub.register('a');
});
afterAll(() => hub.close());

const ONE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
const NDJSON = 'application/x-ndjson';

function post(type: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return hub.send('POST', '/v1/events', { body, headers: { 'Content-Type': type, ...headers } });
}

const cloudEvent = (type: string, run: string, rest: object = {}) => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/ci/nightly',
  type: `dev.agentlight.${type}`,
  agent: 'a',
  subject: run,
  ...rest,
});
const phase = (run: string, name: string, rest: object = {}) =>
  cloudEvent('run.phase', run, { data: { name }, ...rest });

async function eventsOf(run: string): Promise<LogEvent[]> {
  return (await hub.history()).filter((event) => event.run === run);
}

/** A run that is under way. */
async function begin(): Promise<string> {
  const run = randomUUID();
  await hub.report([{ type: 'run.started', agent: 'a', run }]);
  return run;
}

const answered = (answer: Answer): ReportAnswer['events'] => {
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return (jsonOf(answer) as ReportAnswer).events;
};

test.each([ONE, `${ONE}; charset=utf-8`, 'Application/CloudEvents+JSON'])(
  'an event comes in structured mode, as %s',
  async (type) => {
    const run = randomUUID();
    const event = cloudEvent('run.started', run, {
      time: '2026-01-31T13:00:00.123456+01:00',
      datacontenttype: 'application/json; charset=utf-8',
      data: { command: 'npm test' },
    });
    const [one] = answered(await post(type, event));
    expect(await eventsOf(run)).toMatchObject([
      {
        ...one,
        type: 'run.started',
        agent: 'a',
        run,
        actor: 'owner',
        time: new Date('2026-01-31T12:00:00.123Z'),
        data: { command: 'npm test' },
      },
    ]);
  },
);

test('an event comes in binary mode, its attributes in headers and percent-encoded', async () => {
  await hub.register('a.b');
  const run = randomUUID();
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': 'b%C3%BCild%207',
    'ce-source': '"/ci/nightly"',
    'ce-type': 'dev.agentlight.run.started',
    'ce-time': '2026-01-31T12:00:00Z',
    'ce-agent': 'a%2Eb',
    'ce-run': run,
    'ce-subject': 'anything',
    'ce-traceparent': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };
  const body = { command: 'make' };
  const first = answered(await post('application/json', body, headers));
  expect(await eventsOf(run)).toMatchObject([{ agent: 'a.b', data: body }]);
  const structured = {
    ...cloudEvent('run.started', run),
    id: 'büild 7',
    agent: 'a.b',
    data: body,
  };
  expect(answered(await post(ONE, structured))).toEqual(first);
  const broken = await post('application/json', body, { ...headers, 'ce-id': '%E0%A4%A' });
  expect([broken.status, broken.text]).toEqual([400, expect.stringContaining('percent-encoded')]);
});

test('an event in binary mode needs no body where there is no data', async () => {
  const run = randomUUID();
  const headers = { 'ce-specversion': '1.0', 'ce-source': '/x', 'ce-agent': 'a', 'ce-run': run };
  const sent = { ...headers, 'ce-id': '1', 'ce-type': 'dev.agentlight.run.started' };
  const answer = await hub.send('POST', '/v1/events', { headers: sent });
  answered(answer);
  expect(await eventsOf(run)).toMatchObject([{ type: 'run.started', data: {} }]);
});

test('a batch is stored in its order, and answered in it', async () => {
  const run = randomUUID();
  const names = ['one', 'two', 'three'];
  const batch = [cloudEvent('run.started', run), ...names.map((name) => phase(run, name))];
  const answers = answered(await post(BATCH, batch));
  const stored = await eventsOf(run);
  expect(stored.map(({ id, seq }) => ({ id, seq }))).toEqual(answers);
  expect(stored.slice(1).map(({ data }) => data)).toEqual(names.map((name) => ({ name })));
});

test('an empty batch is a batch', async () => {
  expect(answered(await post(BATCH, []))).toEqual([]);
});

test('the same source and id is the same event, and another source is not', async () => {
  const run = await begin();
  const event = phase(run, 'one', { id: 'x' });
  const first = answered(await post(ONE, event));
  expect(answered(await post(ONE, event))).toEqual(first);
  expect(answered(await post(BATCH, [event, phase(run, 'two')]))[0]).toEqual(first[0]);
  const other = answered(await post(ONE, { ...event, source: '/ci/other' }));
  expect(other).not.toEqual(first);
  expect(await eventsOf(run)).toHaveLength(4);
  const reused = await post(BATCH, [phase(run, 'three'), { ...event, data: { name: 'else' } }]);
  expect(jsonOf(reused)).toMatchObject({ status: 409, type: '/problems/id-reused', index: 1 });
  expect(await eventsOf(run)).toHaveLength(4);
});

test('an event twice in one request is one, and is answered twice', async () => {
  const run = randomUUID();
  const began = cloudEvent('run.started', run);
  const [one, two] = [phase(run, 'one'), phase(run, 'two')];
  const answers = answered(await post(BATCH, [began, one, began, two, one]));
  const [first, second, , fourth] = answers;
  expect(answers).toEqual([first, second, first, fourth, second]);
  expect((await eventsOf(run)).map(({ id }) => id)).toEqual([first?.id, second?.id, fourth?.id]);
  const wrong = await post(BATCH, [one, one, phase(run, 'x', { data: { name: 7 } })]);
  expect(jsonOf(wrong)).toMatchObject({ index: 2, detail: expect.stringMatching(/^Event 2 /) });
  const other = { ...two, id: one.id };
  expect(jsonOf(await post(BATCH, [one, one, other]))).toMatchObject({ status: 409, index: 2 });
});

const attributes = ['subject', 'time', 'run', 'datacontenttype', 'data', 'data_base64', 'traceid'];

test.each(attributes)('%s is unset where it is null', async (attribute) => {
  const [run, other] = [randomUUID(), randomUUID()];
  const event = { ...cloudEvent('run.started', run), subject: undefined, run };
  const set = attribute === 'run' ? { subject: other, run: null } : { [attribute]: null };
  answered(await post(ONE, { ...event, ...set }));
  expect(await eventsOf(attribute === 'run' ? other : run)).toHaveLength(1);
});

test.each(['specversion', 'id', 'source', 'type', 'agent'])(
  'a null does not do for %s',
  async (attribute) => {
    const event = { ...cloudEvent('run.started', randomUUID()), [attribute]: null };
    expect((await post(ONE, event)).status).toBe(400);
  },
);

test.each([
  'application/json',
  'text/json',
  'text/json; charset=utf-8',
  'TEXT/JSON',
  'application/vnd.acme.v2+json',
  'image/svg+x+json ;q=1',
])('data of the type %s is JSON, in structured and binary mode', async (datacontenttype) => {
  const [run, other] = [randomUUID(), randomUUID()];
  answered(await post(ONE, cloudEvent('run.started', run, { datacontenttype, data: {} })));
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': randomUUID(),
    'ce-source': '/x',
    'ce-type': 'dev.agentlight.run.started',
    'ce-agent': 'a',
    'ce-run': other,
  };
  answered(await post(datacontenttype, { command: 'make' }, headers));
  expect(await eventsOf(other)).toMatchObject([{ data: { command: 'make' } }]);
});

test('attributes of others mean nothing', async () => {
  const run = await begin();
  const extensions = { traceparent: '00-0-0-01', partitionkey: 'x', sequence: 7, dataschema: 'y' };
  answered(await post(ONE, phase(run, 'one', extensions)));
});

test('data comes in base 64 as well', async () => {
  const run = await begin();
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
  const event = cloudEvent('run.phase', run, { data_base64: encode({ name: 'höher' }) });
  answered(await post(ONE, event));
  expect((await eventsOf(run)).at(-1)?.data).toEqual({ name: 'höher' });
});

const wrong: readonly (readonly [what: string, reason: RegExp, change: object])[] = [
  ['another version', /specversion: must be "1.0"/, { specversion: '0.3' }],
  ['no version', /specversion/, { specversion: undefined }],
  ['no id', /id/, { id: undefined }],
  ['an empty source', /source/, { source: '' }],
  ['a foreign type', /type: must begin with dev.agentlight/, { type: 'com.example.thing' }],
  ['an unknown type', /no such event type/, { type: 'dev.agentlight.run.flew' }],
  ['a type of the service', /Only the service/, { type: 'dev.agentlight.run.lost' }],
  ['no agent', /agent/, { agent: undefined }],
  ['a subject that is no run', /subject: must be the UUID/, { subject: 'build-7' }],
  ['no run', /needs a "run"/, { subject: undefined }],
  ['no time', /time: must be a time/, { time: 'yesterday' }],
  ['a time that is none', /time/, { time: '2026-02-31T25:00:00Z' }],
  ['a time too long ago', /year 2000/, { time: '1999-01-01T00:00:00Z' }],
  ['XML', /datacontenttype: must be JSON/, { datacontenttype: 'text/xml' }],
  ['lines of JSON', /datacontenttype: must be JSON/, { datacontenttype: 'application/jsonl' }],
  ['data that is text', /data/, { data: '{"name":"x"}' }],
  ['data twice', /only one of them/, { data_base64: 'e30=' }],
  ['data that is not base 64', /data_base64: must be/, { data: undefined, data_base64: '####' }],
  ['data of another type', /data\.name/, { data: { name: 1 } }],
];

test.each(wrong)(
  'one event with %s refuses the batch, and says which it was',
  async (_w, reason, change) => {
    const run = await begin();
    const before = await hub.history();
    const batch = [phase(run, 'one'), { ...phase(run, 'two'), ...change }, phase(run, 'three')];
    const answer = await post(BATCH, batch);
    expect([answer.status, jsonOf(answer)]).toMatchObject([
      400,
      {
        index: 1,
        detail: expect.stringMatching(/^Event 1\b.*Nothing of this request was stored/s),
      },
    ]);
    expect((jsonOf(answer) as { detail: string }).detail).toMatch(reason);
    const lines = batch.map((event) => JSON.stringify(event)).join('\n');
    expect(jsonOf(await post(NDJSON, lines))).toMatchObject({ index: 1 });
    expect(await hub.history()).toEqual(before);
  },
);

test('a batch that is no list, or too long, is refused', async () => {
  const run = await begin();
  const one = await post(BATCH, phase(run, 'x'));
  expect([one.status, one.text]).toEqual([
    400,
    expect.stringContaining('must be an array of CloudEvents'),
  ]);
  const long = await post(
    BATCH,
    Array.from({ length: 1_001 }, () => phase(run, 'x')),
  );
  expect([long.status, long.text]).toEqual([400, expect.stringContaining('at most 1000')]);
});

test('formats of CloudEvents other than JSON are refused', async () => {
  for (const type of ['application/cloudevents+xml', 'application/cloudevents+avro']) {
    expect((await post(type, '<event/>')).status).toBe(415);
  }
});

test('the scope counts as ever', async () => {
  const token = await hub.token('owner', ['read']);
  const headers = { 'Content-Type': ONE };
  const body = cloudEvent('run.started', randomUUID());
  const answer = await hub.send('POST', '/v1/events', { token, body, headers });
  expect(answer.status).toBe(403);
});

test('events come as lines, our own and CloudEvents, with empty lines between', async () => {
  const run = randomUUID();
  const lines = [
    JSON.stringify({ type: 'run.started', agent: 'a', run }),
    '',
    JSON.stringify(phase(run, 'one')),
    '\r',
    JSON.stringify({ type: 'run.succeeded', agent: 'a', run }),
    '',
  ];
  const answers = answered(await post(NDJSON, lines.join('\n')));
  expect(answers).toHaveLength(3);
  const stored = await eventsOf(run);
  expect(stored.map(({ type }) => type)).toEqual(['run.started', 'run.phase', 'run.succeeded']);
});

test.each([
  ['is no JSON', '{', 'invalid-json'],
  ['is cut off', '{"type":"run.phase","agent":"a"', 'invalid-json'],
  ['is no event', '7', 'invalid-request'],
  ['has an unknown field', '{"type":"run.phase","agent":"a","surprise":1}', 'invalid-request'],
  ['is nested too deep', `${'['.repeat(40)}${']'.repeat(40)}`, 'invalid-request'],
])('a line that %s refuses them all', async (_what, line, type) => {
  const run = await begin();
  const good = JSON.stringify({ type: 'run.phase', agent: 'a', run, data: { name: 'x' } });
  const answer = await post(NDJSON, [good, line, good].join('\n'));
  expect(jsonOf(answer)).toMatchObject({
    type: `/problems/${type}`,
    index: 1,
    detail: expect.stringContaining('Event 1'),
  });
  expect(await eventsOf(run)).toHaveLength(1);
});
