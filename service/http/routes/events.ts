/** Events that agents report: as our own JSON, as NDJSON, or as CloudEvents over HTTP in each of its modes. */
import type { Context } from 'hono';
import * as z from 'zod/mini';
import type { ReportedEvent, RunnerConnection } from '../../../protocol/decide/command.ts';
import { reportedEventSchema, reportSchema } from '../../../protocol/events/event.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { ReportAnswer } from '../../../protocol/wire/messages.ts';
import type { ReadEvent } from '../../adapters/webhooks/cloud-events.ts';
import {
  attributesOf,
  cloudEventSchema,
  readCloudEvent,
} from '../../adapters/webhooks/cloud-events.ts';
import { reportEvents } from '../../intake/report.ts';
import type { Http } from '../context.ts';
import { AGENT, exampleEvent, RUN } from '../openapi/examples.ts';
import { check, mediaTypeOf, parseJsonBody, readJson, readText } from '../input.ts';
import { throwProblem, resultOrThrow } from '../problem.ts';
import { jsonAnswer, route } from '../route.ts';

const { seq: _seq, actor: _actor, ...event } = exampleEvent;
const cloudEvent = {
  ...event,
  specversion: '1.0',
  source: '/ci/nightly',
  type: `dev.agentlight.${event.type}`,
};

export const eventRoutes = [
  route({
    id: 'reportEvents',
    at: 'POST /v1/events',
    summary: 'Report events; either all are stored or none',
    scopes: ['report'],
    body: {
      schema: reportSchema,
      example: { events: [event, { type: 'run.succeeded', agent: AGENT, run: RUN }] },
      others: {
        'application/cloudevents+json': { schema: cloudEventSchema, example: cloudEvent },
        'application/cloudevents-batch+json': {
          schema: z.array(cloudEventSchema),
          example: [cloudEvent],
        },
        'application/x-ndjson': { schema: z.string(), example: `${JSON.stringify(event)}\n` },
      },
      read: readReport,
    },
    answers: { 200: jsonAnswer('ReportAnswer', 'The events are stored.') },
    problems: [
      'unknown-agent',
      'unknown-run',
      'not-owner',
      'run-finished',
      'illegal-transition',
      'stale-connection',
      'id-reused',
      'too-many-approvals',
    ],
    async handle({ actor, body: { events, connection } }, services) {
      const stored = resultOrThrow(await reportEvents(services, events, actor, connection)).events;
      return { events: stored.map(({ id, seq }) => ({ id, seq })) } satisfies ReportAnswer;
    },
  }),
];

interface Report {
  readonly events: readonly ReportedEvent[];
  readonly connection?: RunnerConnection | undefined;
}

/** @throws HttpProblem that says which event is wrong. */
async function readReport(c: Context<Http>): Promise<Report> {
  switch (mediaTypeOf(c)) {
    case 'application/cloudevents+json':
      return { events: [settle(readCloudEvent(parseJsonBody(await readText(c))), 0)] };
    case 'application/cloudevents-batch+json':
      return { events: readBatch(parseJsonBody(await readText(c))) };
    case 'application/x-ndjson':
    case 'application/ndjson':
      return { events: readLines(await readText(c)) };
    default:
      if (c.req.header('ce-specversion') === undefined) return readReportBody(c);
      return { events: [readBinary(c, await readText(c))] };
  }
}

async function readReportBody(c: Context<Http>): Promise<Report> {
  const body = await readJson(c);
  if (typeof body === 'object' && body !== null && 'events' in body && Array.isArray(body.events)) {
    checkCount(body.events.length);
  }
  return check(reportSchema, body, 'body');
}

function readBatch(batch: unknown): ReportedEvent[] {
  if (!Array.isArray(batch))
    return throwProblem('invalid-request', 'body: must be an array of CloudEvents.');
  checkCount(batch.length);
  return batch.map((value, index) => settle(readCloudEvent(value), index));
}

function readLines(text: string): ReportedEvent[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  checkCount(lines.length);
  return lines.map((line, index) => {
    const value = parseJsonBody(line, `Event ${index}`, { index });
    const isCloudEvent = typeof value === 'object' && value !== null && 'specversion' in value;
    return settle(isCloudEvent ? readCloudEvent(value) : readOwn(value), index);
  });
}

function readOwn(value: unknown): ReadEvent {
  const checked = reportedEventSchema.safeParse(value);
  if (checked.success) return { event: checked.data };
  const [issue] = checked.error.issues;
  return { reason: `${issue?.path.join('.') || 'it'}: ${issue?.message}` };
}

/** The binary mode of CloudEvents: the body is the data, and the attributes are headers. */
function readBinary(c: Context<Http>, body: string): ReportedEvent {
  const data = body === '' ? {} : { data: parseJsonBody(body) };
  try {
    const attributes = attributesOf(c.req.header());
    return settle(readCloudEvent({ ...attributes, ...data }), 0);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return throwProblem('invalid-request', 'A ce- header is not percent-encoded UTF-8.');
  }
}

function checkCount(count: number): void {
  if (count <= LIMITS.eventsPerRequest) return;
  const most = LIMITS.eventsPerRequest;
  const detail = `A request may have at most ${most} events, and this one has ${count}. Nothing of this request was stored.`;
  throwProblem('invalid-request', detail, { limit: 'batch_events' });
}

function settle(read: ReadEvent, index: number): ReportedEvent {
  if ('event' in read) return read.event;
  const detail = `Event ${index}: ${read.reason}. Nothing of this request was stored.`;
  return throwProblem('invalid-request', detail, { extra: { index } });
}
