/** The bodies of `POST /v1/events`: our own JSON, NDJSON, and the modes of CloudEvents over HTTP. */
import type { Context } from 'hono';
import type { RunnerConnection, ReportedEvent } from '../../protocol/decide/command.ts';
import { reportedEventSchema, reportSchema } from '../../protocol/events/event.ts';
import { LIMITS } from '../../protocol/wire/limits.ts';
import type { ReadEvent } from '../adapters/webhooks/cloud-events.ts';
import { attributesOf, readCloudEvent } from '../adapters/webhooks/cloud-events.ts';
import type { Http } from './context.ts';
import { check, mediaTypeOf, parseJson, readJson } from './input.ts';
import { throwProblem } from './problem.ts';

interface Report {
  readonly events: readonly ReportedEvent[];
  readonly connection?: RunnerConnection | undefined;
}

/** @throws HttpProblem that says which event is wrong. */
export async function readReport(c: Context<Http>): Promise<Report> {
  const text = async () => (await c.get('body')()).toString();
  switch (mediaTypeOf(c)) {
    case 'application/cloudevents+json':
      return { events: [settle(readCloudEvent(parseJson(await text())), 0)] };
    case 'application/cloudevents-batch+json':
      return { events: readBatch(parseJson(await text())) };
    case 'application/x-ndjson':
    case 'application/ndjson':
      return { events: readLines(await text()) };
    default:
      if (c.req.header('ce-specversion') === undefined) return readReportBody(c);
      return { events: [readBinary(c, await text())] };
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
    return throwProblem('invalid-request', 'body: a batch must be a list.');
  checkCount(batch.length);
  return batch.map((value, index) => settle(readCloudEvent(value), index));
}

function readLines(text: string): ReportedEvent[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  checkCount(lines.length);
  return lines.map((line, index) => {
    const value = parseJson(line, `Event ${index}`, { index });
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

/** The body is the data, and everything else is in headers. */
function readBinary(c: Context<Http>, body: string): ReportedEvent {
  const data = body === '' ? {} : { data: parseJson(body) };
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
  const detail = `A request may have at most ${most} events; this one has ${count}. Nothing of it was stored.`;
  throwProblem('invalid-request', detail, { limit: 'batch_events' });
}

function settle(read: ReadEvent, index: number): ReportedEvent {
  if ('event' in read) return read.event;
  const detail = `Event ${index}: ${read.reason}. Nothing of this request was stored.`;
  return throwProblem('invalid-request', detail, { extra: { index } });
}
