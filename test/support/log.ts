/** Logs as several instances of the service would open them, on one database. */
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { uuidv7 } from 'uuidv7';
import type { Actor, Command, ReportedEvent } from '../../protocol/decide/command.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Sql } from '../../service/database/connect.ts';
import { connect } from '../../service/database/connect.ts';
import { Log } from '../../service/log/log.ts';
import type { TestDatabase } from './database.ts';
import { createTestDatabase } from './database.ts';

export const REPORTER: Actor = { user: 'alice', scopes: ['read', 'operate', 'report'] };

/** One instance: its log, and all that it has told its listeners. */
export interface Instance {
  readonly log: Log;
  readonly told: LogEvent[];
  /** Distinguishes its database connections in `pg_stat_activity`. */
  close(): Promise<void>;
}

/** Dropped when the test ends, after what was opened on it. */
export async function testDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  return database;
}

/** @param pollMs default an hour: what follows must come by notification. Closed when the test ends. */
export async function openInstance(
  { url }: TestDatabase,
  { pollMs = 3_600_000 } = {},
): Promise<Instance> {
  const logger = pino({ level: 'silent' });
  const sql = await connect(url, { log: logger });
  const log = await openLog(sql, pollMs);
  const told: LogEvent[] = [];
  log.listen((events) => void told.push(...events));
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= log.close().then(() => sql.end({ timeout: 1 })));
  onTestFinished(close);
  return { log, told, close };
}

export function openLog(sql: Sql, pollMs: number): Promise<Log> {
  const stamps = { newId: uuidv7, now: () => new Date().toISOString() };
  return Log.open({ sql, log: pino({ level: 'silent' }), stamps, pollMs });
}

/** From now on nobody is notified of what is appended: instances find it when they look. */
export async function silence({ sql }: TestDatabase): Promise<void> {
  await sql`
    update pg_catalog.pg_proc set prosrc = replace(prosrc, 'perform pg_notify', '-- ')
    where proname = 'append_events'`;
}

export function register(log: Log, agent: string) {
  const profile = { name: agent, capabilities: [] };
  return log.append({ type: 'register-agent', agent, profile }, REPORTER);
}

/** @returns the ids that were given to the events, in order. */
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
