import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../service/database/connect.ts';
import type { Sql } from '../../../service/database/connect.ts';
import { eventually } from '../../support/eventually.ts';
import {
  openInstance,
  openLog,
  register,
  REPORTER,
  reportErrors,
  testDatabase,
} from '../../support/log.ts';

/** A pool that does something between the answer to a read of the log and its arrival, and counts notifications. */
function withDelay(sql: Sql, afterRead: () => Promise<void>) {
  const notices = { count: 0 };
  const delayed = new Proxy(sql, {
    apply(target, self, args: [TemplateStringsArray, ...unknown[]]) {
      const query = Reflect.apply(target, self, args);
      if (!args[0].join('').includes('left join lateral')) return query;
      return query.then(async (rows: unknown) => {
        await afterRead();
        return rows;
      });
    },
    get(target, name) {
      if (name !== 'listen') return Reflect.get(target, name) as unknown;
      const listen: Sql['listen'] = (channel, tell, ...rest) =>
        target.listen(
          channel,
          (payload) => {
            notices.count += 1;
            tell(payload);
          },
          ...rest,
        );
      return listen;
    },
  });
  return { sql: delayed, notices };
}

test('what is announced while an instance reads, too late for what it reads, is not forgotten', async () => {
  const database = await testDatabase();
  const writer = await openInstance(database);
  await register(writer.log, 'a');
  const pool = await connect(database.url, { log: pino({ level: 'silent' }) });
  let isReading = false;
  const { sql, notices } = withDelay(pool, async () => {
    if (!isReading) return;
    isReading = false;
    const before = notices.count;
    await writer.log.append(reportErrors('a', 1), REPORTER);
    await eventually(() => notices.count > before, 'the notice');
  });
  const log = await openLog(sql, 3_600_000);
  onTestFinished(async () => {
    await log.close();
    await pool.end({ timeout: 1 });
  });
  isReading = true;
  await log.refresh();
  await eventually(() => log.fleet.seq === writer.log.fleet.seq, 'the late event');
  expect(log.fleet.agents['a']?.lastError?.message).toBe('error 0');
});
