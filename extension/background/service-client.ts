/** Requests to a service besides its stream. */
import type { Run } from '../../protocol/fleet.ts';
import type { ApprovalAnswer, PairAnswer, RunAnswer } from '../../protocol/wire.ts';
import { IDEMPOTENCY_KEY, pairAnswerSchema } from '../../protocol/wire.ts';
import type { Decision } from '../shared/messages.ts';
import { ConnectionError, errorOf, networkError } from './failure.ts';
import { openStream } from './stream.ts';

/** After this long without an answer a person is told so. */
const ANSWER_LIMIT_MS = 10_000;

export interface Target {
  /** Origin. */
  readonly url: string;
  readonly token?: string;
}

export async function requestRun(target: Target, agent: string, key: string): Promise<Run> {
  const path = `/v1/agents/${encodeURIComponent(agent)}/runs`;
  const headers = { [IDEMPOTENCY_KEY]: key };
  return (await post<RunAnswer>(target, path, {}, headers)).run;
}

export async function cancelRun(target: Target, run: string): Promise<Run> {
  return (await post<RunAnswer>(target, `/v1/runs/${encodeURIComponent(run)}/cancel`, {})).run;
}

/** Asks for the same as in a run that has ended. */
export async function retryRun(target: Target, run: string, key: string): Promise<Run> {
  const headers = { [IDEMPOTENCY_KEY]: key };
  const path = `/v1/runs/${encodeURIComponent(run)}/retry`;
  return (await post<RunAnswer>(target, path, {}, headers)).run;
}

/** @param via where the person answered. */
export async function decideApproval(
  target: Target,
  approval: string,
  decision: Decision,
  via: string,
): Promise<void> {
  const path = `/v1/approvals/${encodeURIComponent(approval)}/decision`;
  await post<ApprovalAnswer>(target, path, { ...decision, via });
}

export async function redeemCode(url: string, code: string, label: string): Promise<PairAnswer> {
  const answer = await post<unknown>({ url }, '/v1/pair', { code, label });
  const checked = pairAnswerSchema.safeParse(answer);
  if (checked.success) return checked.data;
  throw new ConnectionError(
    'not-agentlight',
    `What answers at ${new URL(url).host} is not Agentlight.`,
  );
}

/** What a service says of itself and of the token, at the beginning of its stream. */
export async function greet(url: string, token: string) {
  const abort = new AbortController();
  try {
    const stream = openStream({ url, token, cursor: undefined, signal: abort.signal });
    for (;;) {
      const { value } = await stream.next();
      if (value?.hello) return value.hello;
    }
  } finally {
    abort.abort();
  }
}

/** @throws ConnectionError or RefusedError. */
async function post<T>(
  { url, token }: Target,
  path: string,
  body: object,
  extraHeaders: Record<string, string> = {},
): Promise<T> {
  const headers = {
    'Content-Type': 'application/json',
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    ...extraHeaders,
  };
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const init = { method: 'POST', headers, body: JSON.stringify(body), signal };
  const response = await fetch(url + path, init).catch(() => {
    throw networkError(url);
  });
  if (!response.ok) throw await errorOf(response);
  return (await response.json().catch(() => {
    throw new ConnectionError(
      'not-agentlight',
      `What answers at ${new URL(url).host} is not Agentlight.`,
    );
  })) as T;
}
