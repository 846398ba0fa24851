/**
 * The service's HTTP interface. Here are requests, and the calls of runners; calls.ts has those that people make, and
 * stream.ts reads streams. This file loads no schemas: a hook of a coding agent starts with it at every step.
 */
import type * as z from 'zod/mini';
import type { AgentProfile } from '../events/agent.ts';
import type { Agent } from '../fleet/fleet.ts';
import type { AgentAnswer, PendingCommands, ReportAnswer, Snapshot } from '../wire/messages.ts';
import { backoffMs, SHORT_BACKOFF } from './backoff.ts';
import { errorOfAnswer, isTemporary, notAgentlight } from './errors.ts';
import { parseJson, reasonOf, ServiceError } from './errors.ts';
import type { Platform } from './platform.ts';
import { createTimeLimit, GLOBAL_PLATFORM, pause } from './platform.ts';

export interface ClientOptions {
  /** Such as `http://127.0.0.1:4747`; a path in front of `/v1` is kept. */
  readonly url: string;
  /** Default: none, which is enough to pair. */
  readonly token?: string;
  /** How long an answer may take, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
  /** Default: that of the global scope. */
  readonly platform?: Partial<Platform>;
}

export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** A body that is JSON text already. */
  readonly json?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** How often it may be tried in all, if that may help. Default: 1. */
  readonly tries?: number;
  /** What the answer must look like. Default: any JSON, or nothing. */
  readonly schema?: z.ZodMiniType;
}

export interface HeartbeatAnswer {
  readonly commands: PendingCommands;
}

export class Client {
  readonly url: string;
  readonly platform: Platform;
  readonly #token: string | undefined;
  readonly #timeoutMs: number;

  constructor({ url, token, timeoutMs = 10_000, platform = {} }: ClientOptions) {
    this.url = url.replace(/\/+$/, '');
    this.platform = { ...GLOBAL_PLATFORM, ...platform };
    this.#token = token;
    this.#timeoutMs = timeoutMs;
  }

  snapshot(): Promise<Snapshot> {
    return this.request('GET', '/v1/snapshot');
  }

  async agents(signal?: AbortSignal): Promise<readonly Agent[]> {
    return (await this.request<{ agents: Agent[] }>('GET', '/v1/agents', { signal })).agents;
  }

  async registerAgent(id: string, profile: AgentProfile, signal?: AbortSignal): Promise<Agent> {
    const options = { body: profile, signal };
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
   * @throws ServiceError, or the reason of `signal`.
   */
  async request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const { tries = 1, signal } = options;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return (await this.#requestOnce(method, path, options)) as T;
      } catch (error) {
        const isOver = attempt + 1 >= tries || !isTemporary(error);
        if (isOver || !(error instanceof ServiceError)) throw error;
        const { random } = this.platform;
        const waitMs = backoffMs(SHORT_BACKOFF, attempt, random, error.retryAfterMs);
        await pause(this.platform, waitMs, signal);
        signal?.throwIfAborted();
      }
    }
  }

  /**
   * Opens an event stream. It has no time limit: `signal` closes it.
   *
   * @param cursor where to resume.
   * @throws ServiceError, or the reason of `signal`.
   */
  async open(path: string, cursor: string | undefined, signal: AbortSignal): Promise<Response> {
    const headers = {
      Accept: 'text/event-stream',
      ...(cursor !== undefined && { 'Last-Event-ID': cursor }),
    };
    const response = await this.#fetch(path, { headers, cache: 'no-store' }, signal);
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
    await response.body?.cancel();
    throw notAgentlight(this.url);
  }

  async #requestOnce(method: string, path: string, options: RequestOptions): Promise<unknown> {
    const { body, timeoutMs = this.#timeoutMs } = options;
    const json = body === undefined ? options.json : JSON.stringify(body);
    const limit = createTimeLimit(this.platform, options.signal, () =>
      this.#unreachable('it took too long'),
    );
    limit.restart(timeoutMs);
    try {
      const headers = {
        Accept: 'application/json',
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...options.headers,
      };
      const init = { method, headers, ...(json !== undefined && { body: json }) };
      const response = await this.#fetch(path, init, limit.signal);
      const text = await this.#answered(response.text(), limit.signal);
      if (text === '') return undefined;
      const answer = parseJson(text);
      if (answer === undefined || options.schema?.safeParse(answer).success === false) {
        throw notAgentlight(this.url);
      }
      return answer;
    } finally {
      limit.end();
    }
  }

  /** @throws ServiceError unless the answer is `ok`. */
  async #fetch(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) headers.set('Authorization', `Bearer ${this.#token}`);
    const { fetch, now } = this.platform;
    // with `error` browsers would not tell a redirect from no answer
    const whole: RequestInit = { ...init, headers, signal, redirect: 'manual' };
    const response = await this.#answered(fetch(this.url + path, whole), signal);
    const { status, type } = response;
    if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
      const message = `${this.url} redirects to another address, which is not followed. Use the address of the service itself.`;
      throw new ServiceError('redirected', message, { url: this.url });
    }
    if (response.ok) return response;
    const text = await this.#answered(response.text(), signal);
    throw errorOfAnswer(this.url, response, text, now());
  }

  /** @throws the reason of `signal` if it is aborted, else a ServiceError. */
  #answered<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    return work.catch((error: unknown) => {
      if (signal.aborted) throw signal.reason;
      throw error instanceof ServiceError ? error : this.#unreachable(reasonOf(error), error);
    });
  }

  #unreachable(why: string, cause?: unknown): ServiceError {
    const message = `No answer from ${this.url}: ${why}.`;
    return new ServiceError('unreachable', message, { url: this.url, cause });
  }
}
