/** Several instances of the service on one database, with one notification configuration. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { readConfig } from '../../../service/config.ts';
import type { Sql } from '../../../service/database/connect.ts';
import { Client } from '../../../protocol/client/client.ts';
import { startService } from '../../../service/service.ts';
import { createTestDatabase } from '../../support/database.ts';

export const TOKEN = 'the-token-of-a-test-0123456789abcdef';
export const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;

export interface ServiceInstance {
  readonly url: string;
  readonly client: Client;
  stop(): Promise<void>;
}

export interface ServiceInstances {
  readonly sql: Sql;
  /** The log output of all instances. */
  logText(): string;
  /** Stopped when the test ends. @param settings environment besides AGENTLIGHT_NOTIFY. */
  start(settings?: Record<string, string>): Promise<ServiceInstance>;
  /** Number of queued notifications now. */
  queued(): Promise<number>;
}

/** @param notify content of the configuration file. */
export async function prepareInstances(notify: object): Promise<ServiceInstances> {
  const database = await createTestDatabase();
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-test-'));
  const file = join(dir, 'notify.json');
  await writeFile(file, JSON.stringify(notify));
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const logger = pino({ level: 'debug' }, destination);
  const running = new Set<ServiceInstance>();
  onTestFinished(async () => {
    for (const { stop } of running) await stop();
    await database.drop();
    await rm(dir, { recursive: true });
  });
  return {
    sql: database.sql,
    logText: () => lines.join(''),
    async start(settings = {}) {
      const flags = { host: '127.0.0.1', port: 0, dataDir: dir, databaseUrl: database.url };
      const env = { AGENTLIGHT_OWNER_TOKEN: TOKEN, AGENTLIGHT_NOTIFY: file, ...settings };
      const service = await startService(readConfig(flags, env), logger);
      const instance: ServiceInstance = {
        url: service.url,
        client: new Client({ url: service.url, token: TOKEN }),
        async stop() {
          if (running.delete(instance)) await service.stop();
        },
      };
      running.add(instance);
      return instance;
    },
    async queued() {
      const [row] = await database.sql<{ count: number }[]>`
        select count(*)::int as count from notices`;
      return row?.count ?? 0;
    },
  };
}
