/** Logs as several instances of the service would open them, on one database. */
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { uuidv7 } from 'uuidv7';
import type { Actor, Command, ReportedEvent } from '../../protocol/decide/command.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Sql } from '../../service/database/connect.ts';
import { openPool } from '../../service/database/connect.ts';
import { Log } from '../../service/log/log.ts';
import type { TestDatabase } from './database.ts';
import { createTestDatabase } from './database.ts';

export const REPORTER: Actor = { user: 'alice', scopes: ['read', 'operate', 'report'] };

/** One instance: its log, and all events that it has published to its listeners. */
export interface LogInstance {
  readonly log: Log;
  readonly published: LogEvent[];
  close(): Promise<void>;
}

/** Dropped when the test ends, after everything that was opened on it is closed. */
export async function testDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  return database;
}

/** Closed when the test ends. @param pollMs Defaults to an hour, so that the instance depends on notifications. */
export async function openInstance(
  { url }: TestDatabase,
  { pollMs = 3_600_000 } = {},
): Promise<LogInstance> {
  const logger = pino({ level: 'silent' });
  const sql = await openPool(url, { log: logger });
  const log = await openLog(sql, pollMs);
  const published: LogEvent[] = [];
  log.listen((events) => void published.push(...events));
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= log.close().then(() => sql.end({ timeout: 1 })));
  onTestFinished(close);
  return { log, published, close };
}

export function openLog(sql: Sql, pollMs: number): Promise<Log> {
  const idsAndClock = { newId: uuidv7, now: () => new Date().toISOString() };
  return Log.open({ sql, logger: pino({ level: 'silent' }), idsAndClock, pollMs });
}

/** From now on nobody is notified of new events, as if a single instance held a lease. The others find them by polling. */
export async function stopNotifications({ sql }: TestDatabase): Promise<void> {
  await sql`insert into instances (id, expires_at) values ('alone', now() + interval '1 hour')`;
}

export function register(log: Log, agent: string) {
  const profile = { name: agent, capabilities: [] };
  return log.append({ type: 'register-agent', agent, profile }, REPORTER);
}

/** @param ids ids for the events, in order. Without them the log chooses. */
export function reportErrors(agent: string, count: number, ids?: readonly string[]): Command {
  const events = Array.from({ length: count }, (_, index): ReportedEvent => {
    const event = { type: 'error.reported', agent, data: { message: `error ${index}` } };
    return ids ? { ...event, id: ids[index] } : event;
  });
  return { type: 'report', events };
}

/** The log as it is stored. */
export async function stored({ sql }: TestDatabase): Promise<{ seq: number; id: string }[]> {
  return [...(await sql<{ seq: number; id: string }[]>`select seq, id from log order by seq`)];
}
