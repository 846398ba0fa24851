/**
 * A runner's link to the service: registers its agents, holds the command stream, beats, reports.
 *
 * It survives restarts of the service by itself. What it can't solve (a refused token, a newer connection of
 * the same runner) ends it.
 */
import { SHORT_BACKOFF } from '../../../protocol/client/backoff.ts';
import type { Client } from '../../../protocol/client/client.ts';
import type { ConnectionState } from '../../../protocol/client/connection.ts';
import { isTemporary, ServiceError } from '../../../protocol/client/errors.ts';
import { ServiceConnection } from '../../../protocol/client/service-connection.ts';
import type { StreamBatch } from '../../../protocol/client/stream.ts';
import { readStream } from '../../../protocol/client/stream.ts';
import type { RunnerConnection } from '../../../protocol/decide/command.ts';
import type { LogEvent } from '../../../protocol/events/event.ts';
import type { Hello, Snapshot } from '../../../protocol/wire/messages.ts';
import type { Report } from '../report/event-queue.ts';
import { beat } from './heartbeat.ts';
import { recoverSpools } from '../report/spool-recovery.ts';
import type { RunnerCommand } from './runner-command.ts';
import { commandOf } from './runner-command.ts';
import { Reporter } from '../report/reporter.ts';
import type { SpoolHeader } from '../report/spool.ts';
import { Spool } from '../report/spool.ts';

/** A runner beats at every second heartbeat of its stream: every 30 s by default. */
const STREAM_BEATS_PER_HEARTBEAT = 2;
/** Least time that is left for the goodbye when the reports took all of it. */
const GOODBYE_MS = 200;

export interface LinkOptions {
  readonly client: Client;
  readonly runner: string;
  /** Registers the agents, and tells their ids. Called again when the service has forgotten them. */
  readonly register: (signal: AbortSignal) => Promise<readonly string[]>;
  readonly agentId?: (agent: string) => string;
  readonly onUp?: (hello: Hello) => void;
  readonly onDown?: (error: Error, retryMs: number) => void;
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** How its agents' questions ended, and whatever else is on the command stream. */
  readonly onEvent?: (event: LogEvent) => void;
  /** May be called several times for the same. */
  readonly onOrder: (order: RunnerCommand) => void;
  /** Where on disk waits what can't be sent, and what its agents are. Default: in memory alone. */
  readonly spool?: SpoolOptions | undefined;
  readonly log: (line: string) => void;
}

export interface SpoolOptions {
  readonly folder: string;
  readonly header: () => SpoolHeader;
  /** Prints one line about events of earlier processes that were delivered. Defaults to saying nothing. */
  readonly onRecovered?: ((line: string) => void) | undefined;
}

export class Link {
  readonly #options: LinkOptions;
  readonly #stream: ServiceConnection;
  readonly #reporter: Reporter;
  #agents: readonly string[] | undefined;
  #connection: RunnerConnection | undefined;
  #beating = new AbortController();
  #isLeaving = false;
  #hasDelivered = false;
  #stateChanged: (() => void) | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { client, log, agentId, spool } = options;
    this.#stream = new ServiceConnection({
      open: (cursor, signal) => this.#open(cursor, signal),
      onBatch: (batch) => this.#receive(batch),
      onChange: (state, error) => this.#changed(state, error),
      backoff: SHORT_BACKOFF,
    });
    this.#reporter = new Reporter({
      client,
      log,
      onStale: (connection) => this.#outdated(connection),
      onRefused: (error) => this.#stream.fail(error),
      ...(agentId && { agentId }),
      ...(spool && { spool: { at: new Spool(spool.folder, log), header: spool.header } }),
    });
  }

  report(report: Report): void {
    this.#reporter.report(report);
  }

  /**
   * @returns why it ended.
   * @throws ServiceError when the service refuses for good.
   */
  async run(): Promise<'closed' | 'replaced'> {
    try {
      await this.#stream.run();
      return 'closed';
    } catch (error) {
      if (error instanceof ServiceError && error.kind === 'replaced') return 'replaced';
      throw error;
    } finally {
      this.#reporter.close();
      this.#beating.abort();
    }
  }

  /** Sends what is left and says why it leaves, all within `deadlineMs`. Resolves to false if events are left. */
  async leave(reason: 'goodbye' | 'ended', deadlineMs: number): Promise<boolean> {
    const endsAtMs = performance.now() + deadlineMs;
    const leftMs = () => Math.max(GOODBYE_MS, endsAtMs - performance.now());
    await this.#reachable(deadlineMs);
    const complete = this.#isUp() && (await this.#reporter.flush(leftMs() - GOODBYE_MS));
    if (this.#connection && this.#isUp()) {
      const { runner, generation } = this.#connection;
      this.#beating.abort();
      this.#isLeaving = true;
      await this.#options.client
        .goodbye(runner, generation, reason, leftMs())
        .catch((error: unknown) => this.#unheard(error));
    }
    if (!complete) this.#reporter.storeUnsent();
    this.#stream.close();
    return complete;
  }

  /** Stores what the service has not acknowledged, for the next process to deliver. */
  storeUnsent(): void {
    this.#reporter.storeUnsent();
  }

  /** Resolves when it is up, or when a try that begins now has failed, at the latest after `deadlineMs`. */
  async #reachable(deadlineMs: number): Promise<void> {
    this.#stream.retry();
    if (this.#stream.state.state !== 'connecting') return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, deadlineMs);
      this.#stateChanged = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #isUp(): boolean {
    return this.#stream.state.state === 'live';
  }

  async *#open(cursor: string | undefined, signal: AbortSignal): AsyncGenerator<StreamBatch, void> {
    const { register } = this.#options;
    await this.#deliverLeftovers();
    this.#agents ??= await register(signal);
    try {
      yield* this.#readCommands(this.#agents, cursor, signal);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.kind !== 'refused') throw error;
      // another database: they must be registered there
      this.#agents = undefined;
      if (error.type !== 'agent-busy') throw error;
      // perhaps another id is free
      this.#agents = await register(signal);
      yield* this.#readCommands(this.#agents, cursor, signal);
    }
  }

  #readCommands(
    agents: readonly string[],
    cursor: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<StreamBatch, void> {
    const { client, runner } = this.#options;
    const query = new URLSearchParams(agents.map((id) => ['agent', id]));
    const path = `/v1/runners/${runner}/commands?${query}`;
    return readStream(client, { path, cursor, signal });
  }

  /** Before anything is compared: runs whose end waits on disk are not lost. */
  async #deliverLeftovers(): Promise<void> {
    const { client, spool, log } = this.#options;
    if (!spool || this.#hasDelivered) return;
    try {
      await recoverSpools(client, spool.folder, spool.onRecovered);
    } catch (error) {
      if (isTemporary(error)) throw error;
      log(`What an earlier process left behind can't be delivered: ${(error as Error).message}`);
    }
    this.#hasDelivered = true;
  }

  #receive({ hello, snapshot, events }: StreamBatch): void {
    if (hello) this.#greeted(hello);
    if (snapshot) this.#options.onSnapshot(snapshot);
    for (const event of events) this.#execute(event);
  }

  #greeted(hello: Hello): void {
    const { client, runner, onOrder, onUp } = this.#options;
    const { generation } = hello;
    if (generation === undefined) throw new Error('The command stream began without a generation.');
    const connection = { runner, generation };
    this.#connection = connection;
    this.#beating.abort();
    this.#beating = new AbortController();
    void beat({
      client,
      connection,
      intervalMs: hello.heartbeatMs * STREAM_BEATS_PER_HEARTBEAT,
      signal: this.#beating.signal,
      onOrder,
      onStale: () => this.#outdated(connection),
      onRefused: (error) => this.#stream.fail(error),
    });
    this.#reporter.connected(connection);
    onUp?.(hello);
  }

  #execute(event: LogEvent): void {
    const order = commandOf(event);
    if (order) this.#options.onOrder(order);
    this.#options.onEvent?.(event);
  }

  #changed(connection: ConnectionState, error: ServiceError | undefined): void {
    this.#stateChanged?.();
    if (connection.state !== 'waiting' || !error) return;
    if (this.#isLeaving) {
      // the service closes the stream when it hears the goodbye
      this.#stream.close();
      return;
    }
    this.#beating.abort();
    this.#reporter.disconnected();
    this.#options.onDown?.(error, connection.retryAtMs - connection.sinceMs);
  }

  #outdated(connection: RunnerConnection): void {
    if (this.#connection !== connection) return;
    this.#stream.fail(new ServiceError('unreachable', 'The connection was given up.'));
  }

  /** The service will notice by itself that this runner is gone; only a refusal is worth a line. */
  #unheard(error: unknown): void {
    if (!isTemporary(error)) this.#options.log(`The goodbye was refused: ${String(error)}`);
  }
}
