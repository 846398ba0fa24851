/** A real service on a database of its own, with its log lines, its tables and its plain HTTP in reach. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { LogEvent } from '../../../protocol/events/event.ts';
import type { Agent, Fleet, Run } from '../../../protocol/fleet/fleet.ts';
import type { ReportAnswer, Scope, Snapshot } from '../../../protocol/wire/messages.ts';
import { readConfig } from '../../../service/config.ts';
import type { Sql } from '../../../service/database/connect.ts';
import type { Service } from '../../../service/service.ts';
import { startService } from '../../../service/service.ts';
import { createTestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import type { Answer, Sent } from './request.ts';
import { jsonOf, send } from './request.ts';
import type { OpenOptions, StreamReader } from './stream-reader.ts';
import { openStream } from './stream-reader.ts';

export const OWNER_TOKEN = 'the-token-of-a-test-0123456789abcdef';

export interface Hub {
  readonly url: string;
  readonly sql: Sql;
  /** The service's log at level debug, one JSON object a line. */
  logText(): string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** As the owner, unless another token is given; `token: undefined` sends none. */
  send(method: string, path: string, sent?: Sent): Promise<Answer>;
  /** The JSON of the answer, which must have this status. */
  expect<T>(status: number, method: string, path: string, sent?: Sent): Promise<T>;
  /** As the owner, unless another token is given. Closed with the service, if not before. */
  stream(path: string, options?: Partial<OpenOptions>): Promise<StreamReader>;
  /** A new token. */
  token(user: string, scopes: readonly Scope[]): Promise<string>;
  register(id: string, profile?: object, token?: string): Promise<Agent>;
  report(events: readonly object[], rest?: object): Promise<ReportAnswer['events']>;
  fleet(): Promise<Fleet>;
  whenAgent(id: string, liveness: Agent['liveness']): Promise<Agent>;
  whenRun(id: string, isWanted: (run: Run) => boolean): Promise<Run>;
  /** The whole log, oldest first. */
  history(): Promise<LogEvent[]>;
  close(): Promise<void>;
}

/** @param settings environment of the service. It is stopped when the test ends. */
export async function startHub(settings: Record<string, string> = {}): Promise<Hub> {
  const hub = await openHub(settings);
  onTestFinished(() => hub.close());
  return hub;
}

/** For a service that several tests share; who opens it closes it. */
export async function openHub(settings: Record<string, string> = {}): Promise<Hub> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'agentlight-test-'));
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const logger = pino({ level: 'debug' }, destination);
  const { sql } = database;
  let service: Service | undefined;
  let port = 0;

  const start = async () => {
    const flags = { host: '127.0.0.1', port, dataDir, databaseUrl: database.url };
    const config = readConfig(flags, { AGENTLIGHT_OWNER_TOKEN: OWNER_TOKEN, ...settings });
    service = await startService(config, logger);
    port = Number(new URL(service.url).port);
  };
  const readers: StreamReader[] = [];
  const stop = async () => {
    await service?.stop();
    service = undefined;
  };
  await start();

  const url = `http://127.0.0.1:${port}`;
  const ask: Hub['send'] = (method, path, sent) =>
    send(url, method, path, { token: OWNER_TOKEN, ...sent });
  const expectStatus = async <T>(status: number, method: string, path: string, sent?: Sent) => {
    const answer = await ask(method, path, sent);
    if (answer.status === status) return jsonOf(answer.text === '' ? NOTHING : answer) as T;
    throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  };
  const fleet = async () => (await expectStatus<Snapshot>(200, 'GET', '/v1/snapshot')).fleet;

  return {
    url,
    sql,
    start,
    stop,
    fleet,
    logText: () => lines.join(''),
    send: ask,
    expect: expectStatus,
    async stream(path, options) {
      const reader = await openStream(url, path, { token: OWNER_TOKEN, ...options });
      readers.push(reader);
      return reader;
    },
    async token(user, scopes) {
      const body = { user, scopes };
      return (await expectStatus<{ token: string }>(201, 'POST', '/v1/tokens', { body })).token;
    },
    async register(id, profile = {}, token = OWNER_TOKEN) {
      const body = { name: id, capabilities: ['run', 'cancel', 'pause', 'prompt'], ...profile };
      const answer = await ask('PUT', `/v1/agents/${id}`, { token, body });
      if (answer.status >= 400) throw new Error(answer.text);
      return (jsonOf(answer) as { agent: Agent }).agent;
    },
    async report(events, rest = {}) {
      const body = { events, ...rest };
      return (await expectStatus<ReportAnswer>(200, 'POST', '/v1/events', { body })).events;
    },
    whenAgent: (id, liveness) =>
      eventually(async () => {
        const agent = (await fleet()).agents[id];
        return agent?.liveness === liveness && agent;
      }, `${id} to be ${liveness}`),
    whenRun: (id, isWanted) =>
      eventually(async () => {
        const run = (await fleet()).runs[id];
        return run && isWanted(run) && run;
      }, `run ${id} to be as wanted`),
    async history() {
      return [...(await sql<LogEvent[]>`select * from log order by seq`)];
    },
    async close() {
      for (const reader of readers) reader.close();
      await stop();
      await database.drop();
      await rm(dataDir, { recursive: true });
    },
  };
}

const NOTHING: Answer = { status: 204, headers: {}, text: 'null' };
