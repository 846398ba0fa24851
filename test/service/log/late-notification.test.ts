import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect as connectTo, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { onTestFinished, test } from 'vitest';
import { openPool } from '../../../service/database/connect.ts';
import { eventually } from '../../support/eventually.ts';
import {
  openInstance,
  openLog,
  register,
  REPORTER,
  reportErrors,
  testDatabase,
} from '../../support/log.ts';

/** A proxy in front of the database that can hold back the answers on one connection. */
async function startProxy(databaseUrl: string) {
  const { hostname, port } = new URL(databaseUrl);
  let held: { socket: Socket; bytes: Buffer[] } | undefined;
  let holdsNext = false;
  let passed = 0;
  const server = createServer((client) => {
    const database = connectTo(Number(port), hostname);
    client.on('data', (bytes) => database.write(bytes)).on('close', () => database.destroy());
    database.on('close', () => client.destroy());
    for (const socket of [client, database]) socket.on('error', () => socket.destroy());
    database.on('data', (bytes: Buffer) => {
      if (holdsNext) held = { socket: client, bytes: [] };
      holdsNext = false;
      if (held?.socket === client) {
        held.bytes.push(bytes);
        return;
      }
      passed += 1;
      client.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  url.hostname = '127.0.0.1';
  return {
    url: url.href,
    /** Holds back the connection on which the database answers next. */
    holdNextAnswer: () => (holdsNext = true),
    isHolding: () => held !== undefined,
    release() {
      held?.socket.write(Buffer.concat(held.bytes));
      held = undefined;
    },
    /** How many pieces of data from the database were passed on. */
    passed: () => passed,
  };
}

test('an event that is announced while an instance reads, too late for that read, is read next', async () => {
  const database = await testDatabase();
  const writer = await openInstance(database);
  await register(writer.log, 'a');
  const proxy = await startProxy(database.url);
  const sql = await openPool(proxy.url, { log: pino({ level: 'silent' }), maxConnections: 1 });
  const log = await openLog(sql, 3_600_000);
  onTestFinished(async () => {
    await log.close();
    await sql.end({ timeout: 1 });
  });
  await log.refresh();

  proxy.holdNextAnswer();
  const refreshed = log.refresh();
  await eventually(proxy.isHolding, 'the read');
  const before = proxy.passed();
  await writer.log.append(reportErrors('a', 1), REPORTER);
  await eventually(() => proxy.passed() > before, 'the notification');
  proxy.release();
  await refreshed;
  await eventually(() => log.fleet.seq === writer.log.fleet.seq, 'the late event');
});
