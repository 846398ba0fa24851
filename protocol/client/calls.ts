/** Calls that people make, and what they read. Answers are checked by schemas. Each throws ServiceError. */
import * as z from 'zod/mini';
import type { LogEvent } from '../events/event.ts';
import type { Run } from '../fleet/fleet.ts';
import { envelopeSchema } from '../wire/envelope.ts';
import type { PairAnswer, RunAnswer, RunEventsAnswer, RunsAnswer } from '../wire/messages.ts';
import { IDEMPOTENCY_KEY, pairAnswerSchema } from '../wire/messages.ts';
import type { Client } from './client.ts';

/** An event may have 16 kB: few enough to arrive soon, and enough for few requests. */
const EVENTS_PER_PAGE = 1_000;

const runSchema = z.looseObject({
  id: z.string(),
  agent: z.string(),
  seq: z.int(),
  status: z.string(),
  statusSeq: z.int(),
});
const runAnswerSchema = z.looseObject({ run: runSchema });
const runsAnswerSchema = z.looseObject({ runs: z.array(runSchema), before: z.optional(z.int()) });
const eventsAnswerSchema = z.looseObject({
  events: z.array(envelopeSchema),
  after: z.optional(z.int()),
});

/** @param label how the service lists the new token. */
export function redeemCode(client: Client, code: string, label: string): Promise<PairAnswer> {
  const options = { body: { code, label }, schema: pairAnswerSchema };
  return client.request('POST', '/v1/pair', options);
}

/** @param key the same again is the same run. */
export function startRun(client: Client, agent: string, body: object, key: string): Promise<Run> {
  return postForRun(client, `/v1/agents/${encodeURIComponent(agent)}/runs`, body, key);
}

/** @param key the same again is the same retry. @returns the run, of a retry the new one. */
export function controlRun(
  client: Client,
  run: string,
  action: 'cancel' | 'pause' | 'resume' | 'retry',
  key: string,
): Promise<Run> {
  return postForRun(client, `/v1/runs/${encodeURIComponent(run)}/${action}`, {}, key);
}

/** @param body choice or text, the hash of what was shown, and where the person answered. */
export async function answerApproval(client: Client, approval: string, body: object) {
  const path = `/v1/approvals/${encodeURIComponent(approval)}/decision`;
  await client.request('POST', path, { body });
}

/** @param attention position of the event that somebody takes care of, or does not any more. */
export async function setAcknowledged(
  client: Client,
  agent: string,
  attention: number,
  isOn: boolean,
): Promise<void> {
  const path = `/v1/agents/${encodeURIComponent(agent)}/acknowledgement`;
  await client.request(isOn ? 'PUT' : 'DELETE', path, isOn ? { body: { attention } } : {});
}

export async function fetchRun(client: Client, run: string): Promise<Run> {
  const path = `/v1/runs/${encodeURIComponent(run)}`;
  return (await client.request<RunAnswer>('GET', path, { schema: runAnswerSchema })).run;
}

/** Newest first. @param query as in the protocol: `agent`, `status`, `limit`, and `before` of the page in front. */
export function fetchRuns(client: Client, query: URLSearchParams): Promise<RunsAnswer> {
  return client.request('GET', `/v1/runs?${query.toString()}`, { schema: runsAnswerSchema });
}

/** Pages of events, oldest first. @param after only those behind this position. */
export async function* fetchRunEvents(
  client: Client,
  run: string,
  after: number,
): AsyncGenerator<readonly LogEvent[], void> {
  const limit = String(EVENTS_PER_PAGE);
  for (let from: number | undefined = after; from !== undefined; ) {
    const query = new URLSearchParams({ after: String(from), limit }).toString();
    const path = `/v1/runs/${encodeURIComponent(run)}/events?${query}`;
    const options = { schema: eventsAnswerSchema };
    const answer: RunEventsAnswer = await client.request('GET', path, options);
    yield answer.events;
    // a service that sends us round and round is left
    from = answer.after !== undefined && answer.after > from ? answer.after : undefined;
  }
}

async function postForRun(client: Client, path: string, body: object, key: string): Promise<Run> {
  const options = { body, headers: { [IDEMPOTENCY_KEY]: key }, schema: runAnswerSchema };
  return (await client.request<RunAnswer>('POST', path, options)).run;
}
