/**
 * Sends events to the service: in order, in batches, and again until they are acknowledged.
 *
 * Every event has an id from the start, so a batch whose answer was lost can be sent again and is stored once. While
 * one request is in flight, new events wait for the next.
 */
import { backoffMs, SHORT_BACKOFF } from '../../../protocol/client/backoff.ts';
import type { Client } from '../../../protocol/client/client.ts';
import { isTemporary, isTokenRefused, ServiceError } from '../../../protocol/client/errors.ts';
import { GLOBAL_PLATFORM, pause } from '../../../protocol/client/platform.ts';
import type { RunnerConnection } from '../../../protocol/decide/command.ts';
import type { QueuedEvent, Report } from './event-queue.ts';
import { EventQueue } from './event-queue.ts';
import type { Spool, SpoolHeader } from './spool.ts';

const MAX_EVENTS = 500;
/** Below the service's limit of 1 MiB for a body. */
const MAX_BYTES = 1_000_000;

export interface ReporterOptions {
  readonly client: Client;
  /** Prints one line about an event that was refused. */
  readonly log: (line: string) => void;
  /** The connection was replaced or has expired; a new one is needed. */
  readonly onStale: (connection: RunnerConnection) => void;
  /** The token was refused, so nothing can be reported any more. */
  readonly onRefused: (error: ServiceError) => void;
  /** Maps the agent id of reports to the registered one. Defaults to the same id. */
  readonly agentId?: (agent: string) => string;
  /** Where events are stored while the service can't be reached. Defaults to memory only. */
  readonly spool?: { readonly at: Spool; readonly header: () => SpoolHeader } | undefined;
}

export class Reporter {
  readonly #options: ReporterOptions;
  readonly #queue = new EventQueue({ now: () => new Date().toISOString() });
  readonly #waiting = new Set<() => void>();
  #connection: RunnerConnection | undefined;
  #waitingToRetry = new AbortController();
  #maxEvents = MAX_EVENTS;
  #failures = 0;
  #sending = false;
  #closed = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  report(report: Report): void {
    if (this.#closed) return;
    const events = this.#queue.add(report);
    for (const event of events) this.#options.spool?.at.keep(this.#withAgentId(event));
    this.#wake();
  }

  /** Sends reports with this connection from now on. */
  connected(connection: RunnerConnection): void {
    this.#connection = connection;
    this.#rewriteSpool();
    this.#failures = 0;
    this.#waitingToRetry.abort();
    this.#wake();
  }

  /** This process is about to end: stores what is not acknowledged on disk. */
  storeUnsent(): void {
    if (this.#queue.size > 0) this.disconnected();
  }

  /** The service can't be reached: starts to store events on disk. */
  disconnected(): void {
    const { spool } = this.#options;
    if (this.#closed || !spool) return;
    spool.at.open(
      spool.header(),
      this.#queue.events.map((event) => this.#withAgentId(event)),
    );
  }

  /** Resolves to true once everything is acknowledged, or to false after `deadlineMs`. */
  async flush(deadlineMs: number): Promise<boolean> {
    if (this.#queue.size === 0) return true;
    if (this.#closed) return false;
    this.#waitingToRetry.abort();
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, deadlineMs);
      this.#waiting.add(done);
    });
    return this.#queue.size === 0;
  }

  /** Stops sending. */
  close(): void {
    this.#closed = true;
    this.#waitingToRetry.abort();
    this.#settle();
  }

  /** The agents may have got other ids than those with which the events were stored. */
  #rewriteSpool(): void {
    const { spool } = this.#options;
    if (!spool?.at.isOpen) return;
    spool.at.clear();
    this.disconnected();
  }

  #wake(): void {
    if (this.#sending) return;
    this.#sending = true;
    void this.#send();
  }

  async #send(): Promise<void> {
    while (!this.#closed && this.#connection && this.#queue.size > 0) {
      await this.#sendBatch(this.#connection);
    }
    this.#sending = false;
    if (this.#queue.size > 0) return;
    this.#options.spool?.at.clear();
    this.#settle();
  }

  #settle(): void {
    for (const done of this.#waiting) done();
  }

  async #sendBatch(connection: RunnerConnection): Promise<void> {
    const limits = { maxEvents: this.#maxEvents, maxBytes: MAX_BYTES };
    const texts = this.#queue.batch(limits, (event) => this.#toJson(event));
    const { runner, generation } = connection;
    const fence = JSON.stringify({ runner, generation });
    try {
      await this.#options.client.report(`{"connection":${fence},"events":[${texts.join(',')}]}`);
    } catch (error) {
      await this.#handleError(error, texts.length, connection);
      return;
    }
    this.#queue.acknowledge(texts.length);
    this.#failures = 0;
    this.#maxEvents = Math.min(MAX_EVENTS, this.#maxEvents * 2);
  }

  #toJson(event: QueuedEvent): string {
    return JSON.stringify(this.#withAgentId(event));
  }

  #withAgentId(event: QueuedEvent): QueuedEvent {
    const { agentId } = this.#options;
    return agentId ? { ...event, agent: agentId(event.agent) } : event;
  }

  async #handleError(error: unknown, count: number, connection: RunnerConnection): Promise<void> {
    if (!(error instanceof ServiceError)) throw error;
    if (error.type === 'stale-connection') {
      if (this.#connection === connection) this.#connection = undefined;
      this.#options.onStale(connection);
      return;
    }
    if (isTokenRefused(error)) {
      this.close();
      this.#options.onRefused(error);
      return;
    }
    const { index } = error.extra;
    if (typeof index === 'number' && index < count) return this.#drop(index, error);
    if (isTemporary(error)) {
      const { retryAfterMs } = error;
      const waitMs = backoffMs(SHORT_BACKOFF, this.#failures, Math.random, retryAfterMs);
      this.#failures += 1;
      this.#waitingToRetry = new AbortController();
      await pause(GLOBAL_PLATFORM, waitMs, this.#waitingToRetry.signal);
      return;
    }
    // the answer does not name the refused event, so halve the batch to find it
    if (count > 1) this.#maxEvents = Math.ceil(count / 2);
    else this.#drop(0, error);
  }

  #drop(index: number, { message }: ServiceError): void {
    const event = this.#queue.remove(index);
    if (event)
      this.#options.log(`${event.type} of ${event.agent} was refused and dropped: ${message}`);
  }
}
