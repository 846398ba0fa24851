/** Requests to a service besides its stream. */
import type * as z from 'zod/mini';
import { t } from '../i18n/common.ts';
import type { Run } from '../../protocol/fleet/fleet.ts';
import type { ApprovalAnswer, PairAnswer, RunAnswer } from '../../protocol/wire/messages.ts';
import { IDEMPOTENCY_KEY, pairAnswerSchema } from '../../protocol/wire/messages.ts';
import type { ApprovalDecision, RunBody, RunControl } from '../shared/messages.ts';
import { ConnectionError, errorOf, networkError } from './failure.ts';
import { follow } from './follow.ts';

/** After this long without an answer a person is told so. */
const ANSWER_LIMIT_MS = 10_000;

export interface Target {
  /** Origin. */
  readonly url: string;
  readonly token?: string;
}

/** @param key the same again is the same run. */
export async function requestRun(
  target: Target,
  agent: string,
  body: RunBody,
  key: string,
): Promise<Run> {
  const path = `/v1/agents/${encodeURIComponent(agent)}/runs`;
  const headers = { [IDEMPOTENCY_KEY]: key };
  return (await post<RunAnswer>(target, path, body, headers)).run;
}

/** @param key the same again is the same retry. */
export async function steerRun(
  target: Target,
  run: string,
  what: RunControl,
  key: string,
): Promise<Run> {
  const path = `/v1/runs/${encodeURIComponent(run)}/${what}`;
  const headers = { [IDEMPOTENCY_KEY]: key };
  return (await post<RunAnswer>(target, path, {}, headers)).run;
}

export async function acknowledge(
  target: Target,
  agent: string,
  attention: number,
  isOn: boolean,
): Promise<void> {
  const path = `/v1/agents/${encodeURIComponent(agent)}/acknowledgement`;
  if (isOn) await send('PUT', target, path, { attention });
  else await send('DELETE', target, path);
}

/** @param via where the person answered. */
export async function decideApproval(
  target: Target,
  approval: string,
  decision: ApprovalDecision,
  via: string,
): Promise<void> {
  const path = `/v1/approvals/${encodeURIComponent(approval)}/decision`;
  await post<ApprovalAnswer>(target, path, { ...decision, via });
}

export async function redeemCode(url: string, code: string, label: string): Promise<PairAnswer> {
  const answer = await post<unknown>({ url }, '/v1/pair', { code, label });
  const checked = pairAnswerSchema.safeParse(answer);
  if (checked.success) return checked.data;
  throw notAgentlight({ url });
}

/** What a service says of itself and of the token, at the beginning of its stream. */
export async function greet(url: string, token: string) {
  const abort = new AbortController();
  try {
    const batches = follow({ url, token, cursor: undefined, signal: abort.signal });
    for (;;) {
      const { value } = await batches.next();
      if (value?.hello) return value.hello;
    }
  } finally {
    abort.abort();
  }
}

/** What is at a path, as far as its schema knows it. @throws ConnectionError or RefusedError. */
export async function get<T extends z.ZodMiniType>(
  target: Target,
  path: string,
  schema: T,
): Promise<z.output<T>> {
  const checked = schema.safeParse(await readJson(target, await send('GET', target, path)));
  if (checked.success) return checked.data;
  throw notAgentlight(target);
}

/** @throws ConnectionError or RefusedError. */
async function post<T>(
  target: Target,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<T> {
  return (await readJson(target, await send('POST', target, path, body, headers))) as T;
}

async function readJson(target: Target, response: Response): Promise<unknown> {
  return response.json().catch(() => {
    throw notAgentlight(target);
  });
}

function notAgentlight({ url }: Target): ConnectionError {
  const { host } = new URL(url);
  return new ConnectionError('not-agentlight', t('refused.not-agentlight', { host }));
}

async function send(
  method: string,
  { url, token }: Target,
  path: string,
  body?: object,
  extraHeaders: Record<string, string> = {},
): Promise<Response> {
  const headers = {
    ...(body && { 'Content-Type': 'application/json' }),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    ...extraHeaders,
  };
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const init = { method, headers, signal, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(url + path, init).catch(async () => {
    throw await networkError(url);
  });
  if (!response.ok) throw await errorOf(response);
  return response;
}
