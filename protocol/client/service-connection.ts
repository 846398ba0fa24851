/**
 * Keeps a connection to a service: does what the states of connection.ts ask for. At any time there is at most one
 * attempt or stream, and at most one timer.
 */
import type { Backoff } from './backoff.ts';
import { BACKOFF } from './backoff.ts';
import type { ConnectionInput, ConnectionState } from './connection.ts';
import { nextConnectionState } from './connection.ts';
import { isTemporary, ServiceError } from './errors.ts';
import type { Platform } from './platform.ts';
import { GLOBAL_PLATFORM } from './platform.ts';
import type { StreamBatch } from './stream.ts';

export interface ServiceConnectionOptions {
  /**
   * Begins one attempt, such as with `follow`. It yields what comes and throws why it ended. If it returns, the
   * connection is closed.
   *
   * @param cursor where to resume; undefined for the beginning.
   */
  readonly open: (
    cursor: string | undefined,
    signal: AbortSignal,
  ) => AsyncIterable<StreamBatch, unknown>;
  /** Receives one batch after the other. What it throws closes the connection, unless it is a ServiceError. */
  readonly onBatch: (batch: StreamBatch) => void | Promise<void>;
  /** Called after each change. @param error why, if something failed. */
  readonly onChange?: (state: ConnectionState, error: ServiceError | undefined) => void;
  /** Default: none, so that it begins with a snapshot. */
  readonly cursor?: string | undefined;
  /** Where it begins. Default: connecting. */
  readonly state?: ConnectionState;
  /** Default: waits of up to 30 s. */
  readonly backoff?: Backoff;
  /** Default: that of the global scope. */
  readonly platform?: Partial<Platform>;
}

export class ServiceConnection {
  readonly #options: ServiceConnectionOptions;
  readonly #platform: Platform;
  #state: ConnectionState;
  #cursor: string | undefined;
  #attempt = new AbortController();
  #cancelRetry: (() => void) | undefined;
  /** Why it is stopped or closed. */
  #error: unknown;
  #over: PromiseWithResolvers<void> | undefined;

  constructor(options: ServiceConnectionOptions) {
    this.#options = options;
    this.#platform = { ...GLOBAL_PLATFORM, ...options.platform };
    this.#cursor = options.cursor;
    this.#state = options.state ?? {
      state: 'connecting',
      sinceMs: this.#platform.now(),
      attempt: 0,
    };
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Called once. */
  start(): void {
    this.#act();
  }

  /** Starts it. Resolves when it is closed; rejects with why it is stopped, or with the mistake that closed it. */
  run(): Promise<void> {
    this.#over = Promise.withResolvers();
    this.start();
    return this.#over.promise;
  }

  /** Waits no longer before the next attempt. */
  retry(): void {
    this.#input({ type: 'retry' });
  }

  /** For timers that may have been lost: retries if the time has come. */
  retryIfDue(): void {
    const state = this.#state;
    if (state.state === 'waiting' && this.#platform.now() >= state.retryAtMs) this.retry();
  }

  /** Whether the browser gives access to the address. */
  setAccess(isGranted: boolean): void {
    this.#input({ type: isGranted ? 'access-granted' : 'access-removed' });
  }

  /** Ends the present attempt as if it had failed by itself. An error that is no ServiceError closes the connection. */
  fail(error: unknown): void {
    if (!(error instanceof ServiceError)) {
      this.#close(error);
      return;
    }
    if (error.type === 'invalid-cursor') this.#cursor = undefined;
    this.#error = error;
    this.#input(this.#failure(error), error);
  }

  close(): void {
    this.#close(undefined);
  }

  #close(error: unknown): void {
    this.#error = error;
    this.#input({ type: 'close' });
  }

  #failure(error: ServiceError): ConnectionInput {
    const { kind, retryAfterMs } = error;
    if (isTemporary(error)) return { type: 'failed', error: kind, retryAfterMs };
    return kind === 'no-access' ? { type: 'access-removed' } : { type: 'refused', error: kind };
  }

  #input(input: ConnectionInput, error?: ServiceError): void {
    const { backoff = BACKOFF, onChange } = this.#options;
    const { now, random } = this.#platform;
    const before = this.#state;
    this.#state = nextConnectionState(before, input, { nowMs: now(), random, backoff });
    if (this.#state === before) return;
    this.#act();
    onChange?.(this.#state, error);
  }

  #act(): void {
    const state = this.#state;
    this.#cancelRetry?.();
    if (state.state === 'live') return;
    this.#attempt.abort();
    switch (state.state) {
      case 'connecting':
        this.#attempt = new AbortController();
        void this.#follow(this.#attempt);
        return;
      case 'waiting': {
        const waitMs = state.retryAtMs - this.#platform.now();
        this.#cancelRetry = this.#platform.schedule(() => this.retry(), waitMs);
        return;
      }
      case 'blocked':
        return;
      case 'stopped':
      case 'closed':
        if (this.#error === undefined) this.#over?.resolve();
        else this.#over?.reject(this.#error);
    }
  }

  async #follow(attempt: AbortController): Promise<void> {
    const { open, onBatch } = this.#options;
    const { signal } = attempt;
    try {
      for await (const batch of open(this.#cursor, signal)) {
        if (batch.hello && !signal.aborted) {
          this.#input({ type: 'opened', delayMs: batch.delayMs });
        }
        if (signal.aborted) return;
        await onBatch(batch);
        // another attempt may be further by now
        if (this.#attempt !== attempt) return;
        this.#cursor = batch.cursor ?? this.#cursor;
      }
      if (!signal.aborted) this.close();
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
  }
}
