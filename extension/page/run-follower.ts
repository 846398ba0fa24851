/**
 * Reads one run from its first event to its last: the pages of its history, then the stream, until it is over.
 *
 *   read the run ──▶ read its events ──┬──▶ over: read the run once more, and stop
 *          ▲                           └──▶ stream, from behind the last event ──▶ over: the same
 *          └──────────── waiting ◀── trouble ──┘
 *
 * Nobody looks at a hidden page: it lets go of its stream, as a browser grants six connections to one service.
 */
import { fetchRun, fetchRunEvents } from '../../protocol/client/calls.ts';
import type { Client } from '../../protocol/client/client.ts';
import { isTokenRefused } from '../../protocol/client/errors.ts';
import { follow } from '../../protocol/client/follow.ts';
import { ServiceConnection } from '../../protocol/client/service-connection.ts';
import type { StreamBatch } from '../../protocol/client/stream.ts';
import { formatCursor } from '../../protocol/wire/cursor.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Run } from '../../protocol/fleet/fleet.ts';
import { isFinal } from '../../protocol/fleet/fleet.ts';
import { hasAccess } from '../background/access.ts';
import { clientFor, toRefusal } from '../background/service-client.ts';
import type { PairedService } from '../shared/view.ts';
import type { RunState } from '../run/run-state.ts';
import { EMPTY_RUN_STATE } from '../run/run-state.ts';
import { EMPTY_DETAIL, foldDetail } from '../run/detail.ts';

/** What comes within this time is drawn at once: eyes see no more, and each time costs a fold. */
const GATHER_MS = 60;

export class RunFollower {
  readonly #service: PairedService;
  readonly #client: Client;
  readonly #id: string;
  readonly #changed: (followed: RunState) => void;
  #followed = EMPTY_RUN_STATE;
  /** Undefined while it rests. */
  #connection: ServiceConnection | undefined;
  #gathered: LogEvent[] = [];
  #flush: ReturnType<typeof setTimeout> | undefined;

  /** @param changed is called with what is known, after every change. */
  constructor(service: PairedService, run: string, changed: (followed: RunState) => void) {
    this.#service = service;
    this.#client = clientFor(service);
    this.#id = run;
    this.#changed = changed;
  }

  /** Begins, or goes on after `rest`. */
  begin(): void {
    if (this.#connection || this.#followed.isComplete || this.#followed.refusal) return;
    const connection = new ServiceConnection({
      open: (cursor, signal) => this.#readAll(cursor, signal),
      onBatch: (batch) => this.#take(batch),
      onChange: (state) => {
        if (state.state !== 'live') this.#takeGathered();
        if (state.state !== 'closed') this.#update({ connection: state });
      },
    });
    this.#connection = connection;
    this.#update({ connection: connection.state });
    connection.run().catch((error: unknown) => {
      // a refused token shows as the state of the connection
      if (!isTokenRefused(error)) this.#update({ refusal: toRefusal(error) });
    });
  }

  /** Tries again now, if it is waiting. */
  wake(): void {
    this.#connection?.retry();
  }

  /** The person may have taken back the access to the service, or given it again. */
  async lookAtAccess(): Promise<void> {
    this.#connection?.setAccess(await hasAccess(this.#service.url));
  }

  /** Lets go of the stream; nothing is forgotten. */
  rest(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Ends when the run is over and all of it is there. */
  async *#readAll(
    cursor: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<StreamBatch, void> {
    // the run before its events: what is over then has no others
    const run = await this.#readRun(signal);
    await this.#readEvents(signal);
    if (signal.aborted) return;
    this.#update({ isLoaded: true });
    if (!isFinal(run.status)) {
      const behind = formatCursor({ epoch: this.#service.id, seq: this.#followed.detail.seq });
      const path = `/v1/stream?run=${this.#id}&detail=1`;
      const request = { path, cursor: cursor ?? behind, signal };
      for await (const batch of follow(this.#client, request)) {
        if (batch.snapshot) {
          // the stream does not go on where we are: what is between is in the history
          if (batch.snapshot.reason === 'other-log') this.#update({ detail: EMPTY_DETAIL });
          await this.#readEvents(signal);
        }
        yield batch;
        if (this.#followed.detail.isOver) break;
      }
      await this.#readRun(signal);
      await this.#readEvents(signal);
    }
    if (!signal.aborted) this.#update({ isComplete: true });
  }

  async #readRun(signal: AbortSignal): Promise<Run> {
    const run = await fetchRun(this.#client, this.#id);
    if (!signal.aborted) this.#update({ run });
    return run;
  }

  async #readEvents(signal: AbortSignal): Promise<void> {
    const { seq } = this.#followed.detail;
    for await (const events of fetchRunEvents(this.#client, this.#id, seq)) {
      if (signal.aborted) return;
      this.#fold(events);
    }
  }

  #take({ events }: StreamBatch): void {
    this.#gathered.push(...events.filter(({ run }) => run === this.#id));
    if (this.#gathered.length === 0) return;
    if (events.some(({ type }) => ENDS.has(type))) this.#takeGathered();
    else this.#flush ??= setTimeout(() => this.#takeGathered(), GATHER_MS);
  }

  #takeGathered(): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    const events = this.#gathered;
    this.#gathered = [];
    if (events.length > 0) this.#fold(events);
  }

  #fold(events: readonly LogEvent[]): void {
    const detail = foldDetail(this.#followed.detail, events);
    if (detail !== this.#followed.detail) this.#update({ detail });
  }

  #update(changes: Partial<RunState>): void {
    this.#followed = { ...this.#followed, ...changes };
    this.#changed(this.#followed);
  }
}

const ENDS: ReadonlySet<string> = new Set(['run.succeeded', 'run.failed', 'run.cancelled']);
