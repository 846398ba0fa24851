/** The service's HTTP interface, as far as runners and the command line need it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentProfile } from '../../../protocol/events/agent.ts';
import type { Agent } from '../../../protocol/fleet/fleet.ts';
import type { ProblemBody } from '../../../protocol/wire/problem.ts';
import { problemTypeOf } from '../../../protocol/wire/problem.ts';
import type {
  AgentAnswer,
  ReportAnswer,
  PendingCommands,
} from '../../../protocol/wire/messages.ts';
import { backoffMs } from './backoff.ts';
import { isPassing, ProblemError, UnreachableError } from './service-error.ts';

export interface ClientOptions {
  /** Such as `http://127.0.0.1:4747`; a path in front of `/v1` is kept. */
  readonly url: string;
  readonly token: string;
  /** How long an answer may take. Default 10,000. */
  readonly timeoutMs?: number;
  readonly random?: () => number;
}

export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** A body that is JSON text already. */
  readonly json?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** How often it may be tried in all, if nobody answers or the service is overloaded. Default 1. */
  readonly tries?: number;
}

export interface HeartbeatAnswer {
  readonly commands: PendingCommands;
}

export class Client {
  readonly url: string;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #random: () => number;

  constructor({ url, token, timeoutMs = 10_000, random = Math.random }: ClientOptions) {
    this.url = url.replace(/\/+$/, '');
    this.#token = token;
    this.#timeoutMs = timeoutMs;
    this.#random = random;
  }

  async agents(signal?: AbortSignal): Promise<readonly Agent[]> {
    const { agents } = await this.request<{ agents: Agent[] }>('GET', '/v1/agents', {
      ...(signal && { signal }),
    });
    return agents;
  }

  async registerAgent(id: string, profile: AgentProfile, signal?: AbortSignal): Promise<Agent> {
    const options = { body: profile, ...(signal && { signal }) };
    return (await this.request<AgentAnswer>('PUT', `/v1/agents/${id}`, options)).agent;
  }

  /** @param json a body of `POST /v1/events`. */
  report(json: string): Promise<ReportAnswer> {
    return this.request('POST', '/v1/events', { json });
  }

  heartbeat(runner: string, generation: number, signal: AbortSignal): Promise<HeartbeatAnswer> {
    const options = { body: { generation }, signal, tries: 3 };
    return this.request('POST', `/v1/runners/${runner}/heartbeat`, options);
  }

  goodbye(
    runner: string,
    generation: number,
    reason: 'goodbye' | 'ended',
    timeoutMs: number,
  ): Promise<void> {
    const options = { body: { generation, reason }, timeoutMs };
    return this.request('POST', `/v1/runners/${runner}/goodbye`, options);
  }

  /**
   * @returns the JSON of the answer; `undefined` for an empty one.
   * @throws ProblemError when the service refuses, UnreachableError when it does not answer.
   */
  async request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const { tries = 1, signal } = options;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return (await this.#once(method, path, options)) as T;
      } catch (error) {
        if (attempt + 1 >= tries || !isPassing(error)) throw error;
        await delay(backoffMs(attempt, this.#random, error), undefined, {
          ...(signal && { signal }),
        });
      }
    }
  }

  /**
   * Opens an event stream; `signal` closes it.
   *
   * @param cursor where to resume.
   * @throws ProblemError, UnreachableError.
   */
  async stream(path: string, cursor: string | undefined, signal: AbortSignal): Promise<Response> {
    const waiting = new AbortController();
    const timer = setTimeout(
      () => waiting.abort(new DOMException('', 'TimeoutError')),
      this.#timeoutMs,
    );
    try {
      const headers = this.#headers('text/event-stream');
      if (cursor !== undefined) headers['Last-Event-ID'] = cursor;
      const init = { headers, signal: AbortSignal.any([signal, waiting.signal]) };
      const response = await this.#answered(fetch(this.url + path, init), signal);
      if (response.ok) return response;
      throw toProblemError(response, await this.#answered(response.text(), signal));
    } finally {
      clearTimeout(timer);
    }
  }

  async #once(method: string, path: string, options: RequestOptions): Promise<unknown> {
    const { timeoutMs = this.#timeoutMs, signal } = options;
    const json = options.body === undefined ? options.json : JSON.stringify(options.body);
    const headers = this.#headers('application/json');
    if (json !== undefined) headers['Content-Type'] = 'application/json';
    const timedOut = AbortSignal.timeout(Math.ceil(timeoutMs));
    const init = {
      method,
      headers,
      ...(json !== undefined && { body: json }),
      signal: signal ? AbortSignal.any([signal, timedOut]) : timedOut,
    };
    const response = await this.#answered(fetch(this.url + path, init), signal);
    const text = await this.#answered(response.text(), signal);
    if (!response.ok) throw toProblemError(response, text);
    if (text === '') return undefined;
    const answer = parseJson(text);
    if (answer === undefined) throw new UnreachableError(`${this.url} is no Agentlight service.`);
    return answer;
  }

  #headers(accept: string): Record<string, string> {
    return { Authorization: `Bearer ${this.#token}`, Accept: accept };
  }

  /** @throws UnreachableError when `work` fails, unless the caller gave up. */
  #answered<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return work.catch((error: unknown) => {
      if (signal?.aborted) throw signal.reason;
      throw new UnreachableError(`No answer from ${this.url}: ${reasonOf(error)}.`, {
        cause: error,
      });
    });
  }
}

/** Why a request got no answer, in a few words. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'it took too long';
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND') return 'there is no such host';
  return cause instanceof Error && cause.message !== '' ? cause.message : String(code ?? cause);
}

function toProblemError(response: Response, text: string): ProblemError {
  const { status, headers, url } = response;
  const retryAfterMs = readRetryAfterMs(headers.get('retry-after'));
  const body = parseJson(text);
  const type = problemTypeOf(body);
  if (type === undefined) {
    const detail = `${url} answered ${status}, which is not how Agentlight answers.`;
    return new ProblemError({ type, status, detail, extra: {}, retryAfterMs });
  }
  const { type: _type, title, status: _status, detail, ...extra } = body as ProblemBody;
  return new ProblemError({ type, status, detail: detail ?? title, extra, retryAfterMs });
}

/** In seconds, as the service sends it; the other form, a date, is for caches. */
function readRetryAfterMs(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
