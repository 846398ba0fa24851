/**
 * Reads one run from its first event to its last: the pages of its history, then the stream, until it is over.
 *
 *   read the run ──▶ read its events ──┬──▶ over: read the run once more, and stop
 *          ▲                           └──▶ stream, from behind the last event ──▶ over: the same
 *          └──────────── waiting ◀── trouble ──┘
 *
 * Nobody looks at a hidden page: it lets go of its stream, as a browser grants six connections to one service.
 */
import { formatCursor } from '../../protocol/wire/cursor.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Run } from '../../protocol/fleet/fleet.ts';
import { isFinal } from '../../protocol/fleet/fleet.ts';
import { hasAccess } from '../background/access.ts';
import type { ConnectionInput } from '../background/connection.ts';
import { nextConnection } from '../background/connection.ts';
import { ConnectionError, RefusedError, toRefusal } from '../background/failure.ts';
import type { Batch } from '../background/stream.ts';
import { follow } from '../background/follow.ts';
import type { ConnectionState, PairedService } from '../shared/view.ts';
import type { RunState } from '../run/run-state.ts';
import { EMPTY_RUN_STATE } from '../run/run-state.ts';
import { EMPTY_DETAIL, foldDetail } from '../run/detail.ts';
import { fetchEvents, fetchRun } from './run-requests.ts';

/** What comes within this time is drawn at once: eyes see no more, and each time costs a fold. */
const GATHER_MS = 60;

export class RunFollower {
  readonly #service: PairedService;
  readonly #id: string;
  readonly #changed: (followed: RunState) => void;
  #followed = EMPTY_RUN_STATE;
  #connection: ConnectionState = { state: 'connecting', sinceMs: Date.now(), attempt: 0 };
  /** Where the stream goes on; undefined: behind the last event of the history. */
  #cursor: string | undefined;
  #abort = new AbortController();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #gathered: LogEvent[] = [];
  #flush: ReturnType<typeof setTimeout> | undefined;

  /** @param changed is called with what is known, after every change. */
  constructor(service: PairedService, run: string, changed: (followed: RunState) => void) {
    this.#service = service;
    this.#id = run;
    this.#changed = changed;
  }

  /** Begins, or goes on after `rest`. */
  begin(): void {
    if (this.#followed.isComplete || this.#followed.refusal) return;
    clearTimeout(this.#retry);
    this.#connection = { state: 'connecting', sinceMs: Date.now(), attempt: 0 };
    this.#update({ connection: this.#connection });
    void this.#follow();
  }

  /** Tries again now, if it is waiting. */
  wake(): void {
    this.#input({ type: 'wake' });
  }

  /** The person may have taken back the access to the service, or given it again. */
  async lookAtAccess(): Promise<void> {
    const isGiven = await hasAccess(this.#service.url);
    if (!this.#followed.isComplete) this.#input({ type: 'access', isGiven });
  }

  /** Lets go of the stream; nothing is forgotten. */
  rest(): void {
    this.#abort.abort();
    clearTimeout(this.#retry);
    this.#takeGathered();
  }

  #input(input: ConnectionInput): void {
    const before = this.#connection;
    this.#connection = nextConnection(before, input, { nowMs: Date.now(), random: Math.random });
    if (this.#connection === before) return;
    this.#update({ connection: this.#connection });
    clearTimeout(this.#retry);
    if (this.#connection.state === 'connecting') void this.#follow();
    if (this.#connection.state === 'stopped') this.#abort.abort();
    if (this.#connection.state === 'waiting') {
      const waitMs = this.#connection.retryAtMs - Date.now();
      this.#retry = setTimeout(() => this.#input({ type: 'due' }), waitMs);
    }
  }

  async #follow(): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    try {
      await this.#readAll(signal);
      if (!signal.aborted) this.#update({ isComplete: true });
    } catch (error) {
      if (signal.aborted) return;
      this.#takeGathered();
      if (error instanceof RefusedError) this.#update({ refusal: toRefusal(error) });
      else if (error instanceof ConnectionError) {
        const { trouble, retryAfterMs } = error;
        this.#input({ type: 'closed', trouble, retryAfterMs });
      } else {
        console.error('the run could not be read', error);
        this.#input({ type: 'closed', trouble: 'not-agentlight' });
      }
    }
  }

  /** Resolves when the run is over and all of it is there, or when nobody wants to know any more. */
  async #readAll(signal: AbortSignal): Promise<void> {
    // the run before its events: what is over then has no others
    const run = await this.#readRun(signal);
    await this.#readEvents(signal);
    if (signal.aborted) return;
    this.#update({ isLoaded: true });
    if (isFinal(run.status)) return;
    const { url, token, id } = this.#service;
    const cursor = this.#cursor ?? formatCursor({ epoch: id, seq: this.#followed.detail.seq });
    for await (const batch of follow({ url, token, cursor, run: this.#id, signal })) {
      if (signal.aborted) return;
      await this.#take(batch, signal);
      if (this.#followed.detail.isOver) break;
    }
    await this.#readRun(signal);
    await this.#readEvents(signal);
  }

  async #readRun(signal: AbortSignal): Promise<Run> {
    const run = await fetchRun(this.#service, this.#id);
    if (!signal.aborted) this.#update({ run });
    return run;
  }

  async #readEvents(signal: AbortSignal): Promise<void> {
    for await (const events of fetchEvents(this.#service, this.#id, this.#followed.detail.seq)) {
      if (signal.aborted) return;
      this.#fold(events);
    }
  }

  async #take({ hello, snapshot, events, cursor }: Batch, signal: AbortSignal): Promise<void> {
    if (hello) this.#input({ type: 'opened' });
    if (snapshot) {
      // the stream does not go on where we are: what is between is in the history
      if (snapshot.reason === 'other-log') this.#update({ detail: EMPTY_DETAIL });
      await this.#readEvents(signal);
    }
    this.#cursor = cursor ?? this.#cursor;
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
