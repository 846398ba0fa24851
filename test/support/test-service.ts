/** A real service on a database of its own, for runners and the command line to talk to. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Agent, Run } from '../../protocol/fleet/fleet.ts';
import type { RunAnswer, Snapshot } from '../../protocol/wire/messages.ts';
import { readConfig } from '../../service/config.ts';
import { Client } from '../../protocol/client/client.ts';
import { ServiceError } from '../../protocol/client/errors.ts';
import { startService } from '../../service/service.ts';
import { createTestDatabase } from './database.ts';
import { eventually } from './eventually.ts';

const TOKEN = 'the-token-of-a-test-0123456789abcdef';

export interface TestService {
  readonly url: string;
  readonly client: Client;
  /** For child processes: where the service is, and its token. */
  readonly env: NodeJS.ProcessEnv;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Restarts it with an empty database. */
  exchangeDatabase(): Promise<void>;
  agent(id: string): Promise<Agent | undefined>;
  /** Asks an agent to run, and tells the run's id. */
  ask(agent: string, request?: object): Promise<string>;
  run(id: string): Promise<Run>;
  /** Waits until an agent's connection is as wanted. */
  whenAgent(id: string, liveness: Agent['liveness']): Promise<Agent>;
  /** Waits until a run's state is as wanted. */
  whenRun(id: string, status: Run['status']): Promise<Run>;
  /** What the log says of a run, oldest first: type, data, time and agent. */
  events(run: string): Promise<LogEvent[]>;
  /** What a run has printed, as far as it was reported. */
  output(run: string): Promise<string>;
}

/** @param settings environment of the service, such as AGENTLIGHT_RUNNER_TIMEOUT_MS. It is stopped when the test ends. */
export async function startTestService(
  settings: Record<string, string> = {},
): Promise<TestService> {
  let database = await createTestDatabase();
  const databases = [database];
  const dataDir = await mkdtemp(join(tmpdir(), 'agentlight-test-'));
  const logger = pino({ level: 'silent' });
  let port = 0;
  const start = async () => {
    const flags = { host: '127.0.0.1', port, dataDir, databaseUrl: database.url };
    const config = readConfig(flags, { AGENTLIGHT_OWNER_TOKEN: TOKEN, ...settings });
    running = await startService(config, logger);
    port = Number(new URL(running.url).port);
  };
  let running: Awaited<ReturnType<typeof startService>> | undefined;
  const stop = async () => {
    await running?.stop();
    running = undefined;
  };
  onTestFinished(async () => {
    await stop();
    for (const { drop } of databases) await drop();
    await rm(dataDir, { recursive: true, maxRetries: 5 });
  });
  await start();

  const url = `http://127.0.0.1:${port}`;
  const client = new Client({ url, token: TOKEN });
  const run = async (id: string) => (await client.request<RunAnswer>('GET', `/v1/runs/${id}`)).run;
  const agent = async (id: string) => {
    const { fleet } = await client.request<Snapshot>('GET', '/v1/snapshot');
    return fleet.agents[id];
  };
  const events = async (id: string) => {
    const rows = await database.sql<LogEvent[]>`
      select type, data, time, agent from log where run = ${id} order by seq`;
    return [...rows];
  };
  return {
    url,
    client,
    env: {
      ...process.env,
      AGENTLIGHT_URL: url,
      AGENTLIGHT_TOKEN: TOKEN,
      AGENTLIGHT_DATA_DIR: dataDir,
      NO_COLOR: '1',
    },
    start,
    stop,
    agent,
    run,
    events,
    async ask(id, request = {}) {
      const path = `/v1/agents/${id}/runs`;
      return (await client.request<RunAnswer>('POST', path, { body: request })).run.id;
    },
    whenAgent: (id, liveness) =>
      eventually(async () => {
        const found = await agent(id);
        return found?.liveness === liveness && found;
      }, `${id} to be ${liveness}`),
    whenRun: (id, status) =>
      eventually(async () => {
        const found = await run(id).catch(undefinedIfUnknown);
        return found?.status === status && found;
      }, `the run to be ${status}`),
    async exchangeDatabase() {
      await stop();
      database = await createTestDatabase();
      databases.push(database);
      await start();
    },
    async output(id) {
      const pieces = await events(id);
      return pieces.map(({ type, data }) => (type === 'run.output' ? data.text : '')).join('');
    },
  };
}

function undefinedIfUnknown(error: unknown): undefined {
  if (error instanceof ServiceError && error.type === 'unknown-run') return undefined;
  throw error;
}
