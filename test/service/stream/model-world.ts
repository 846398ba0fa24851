/** Instances and readers for random histories, connected by plain sockets without HTTP. */
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect as connectTo, createServer } from 'node:net';
import { createParser } from 'eventsource-parser';
import { pino } from 'pino';
import type { LogEvent } from '../../../protocol/events/event.ts';
import type { Snapshot } from '../../../protocol/wire/messages.ts';
import { readConfig } from '../../../service/config.ts';
import { openPool } from '../../../service/database/connect.ts';
import { readCursor } from '../../../service/http/cursor.ts';
import type { LogFilter } from '../../../service/log/store.ts';
import { matchesFilter } from '../../../service/stream/filter.ts';
import { findStart } from '../../../service/stream/start-point.ts';
import { Streams } from '../../../service/stream/streams.ts';
import { openLog } from '../../support/log.ts';

const CONFIG = readConfig({}, { AGENTLIGHT_REPLAY_MAX_EVENTS: '150' });

/** One instance: its log, its streams, and a port where a reader sends its filter and cursor. */
export class Hub {
  readonly log;
  readonly #streams: Streams;
  readonly #server: Server;
  readonly #close: () => Promise<void>;

  static async open(url: string): Promise<Hub> {
    const logger = pino({ level: 'silent' });
    const sql = await openPool(url, { log: logger });
    const log = await openLog(sql, 3_600_000);
    const hub = new Hub(log, sql, async () => {
      await log.close();
      await sql.end({ timeout: 1 });
    });
    hub.#server.listen(0, '127.0.0.1');
    await once(hub.#server, 'listening');
    return hub;
  }

  private constructor(
    log: Awaited<ReturnType<typeof openLog>>,
    sql: Awaited<ReturnType<typeof openPool>>,
    close: () => Promise<void>,
  ) {
    this.log = log;
    this.#close = close;
    this.#streams = new Streams({
      log,
      sql,
      logger: pino({ level: 'silent' }),
      heartbeatMs: 25,
      stuckReaderMs: 60_000,
      bufferBytes: 65_536,
      nowMs: () => performance.now(),
    });
    this.#server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', (request: Buffer) => void this.#serve(socket, request.toString()));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#streams.close(0, Math.random);
    this.#server.close();
    await this.#close();
  }

  async #serve(socket: Socket, request: string): Promise<void> {
    const { filter, cursor } = JSON.parse(request) as { filter: LogFilter; cursor?: string };
    const services = { log: this.log, config: CONFIG };
    const start = await findStart(services, readCursor(cursor), filter.detail);
    this.#streams.open({ socket, filter, start, once: false, kind: 'watcher' });
  }
}

type Got =
  | { readonly kind: 'event'; readonly event: LogEvent }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot };

export class ModelReader {
  readonly filter: LogFilter;
  readonly got: Got[] = [];
  #cursor: string | undefined;
  #socket: Socket | undefined;

  constructor(filter: LogFilter) {
    this.filter = filter;
  }

  get isConnected(): boolean {
    return this.#socket !== undefined && !this.#socket.destroyed && !this.#socket.readableEnded;
  }

  async connect(hub: Hub): Promise<void> {
    this.disconnect();
    const socket = connectTo(hub.port, '127.0.0.1');
    this.#socket = socket;
    socket.on('error', () => socket.destroy());
    await once(socket, 'connect');
    socket.write(JSON.stringify({ filter: this.filter, cursor: this.#cursor }));
    const parser = createParser({
      onEvent: ({ id, event, data }) => {
        if (event === undefined)
          this.got.push({ kind: 'event', event: JSON.parse(data) as LogEvent });
        if (event === 'snapshot') {
          this.got.push({ kind: 'snapshot', snapshot: JSON.parse(data) as Snapshot });
        }
        if (id !== undefined) this.#cursor = id;
      },
    });
    socket.setEncoding('utf8');
    // what arrives after a break counts as lost
    socket.on('data', (text: string) => this.#socket === socket && parser.feed(text));
    socket.on('end', () => socket.destroy());
  }

  disconnect(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  hasAll(truth: readonly LogEvent[], head: number): boolean {
    const last = this.got.at(-1);
    if (!last) return false;
    const at = last.kind === 'event' ? last.event.seq : last.snapshot.fleet.seq;
    return !truth.some(
      (event) => event.seq > at && event.seq <= head && matchesFilter(this.filter, event),
    );
  }
}
