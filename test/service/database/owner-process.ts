// A process that owns a data directory, for tests that kill it: node owner-process.ts <dataDir>. It
// prints its connection as one line of JSON. On SIGINT it asks the server once more, stops it, and
// says so.
import { once } from 'node:events';

import pino from 'pino';
import postgres from 'postgres';

import { startEmbeddedPostgres } from '../../../service/database/embedded.ts';

const log = pino({ level: 'warn' }, process.stderr);
const server = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '', log });
const alive = setInterval(() => {}, 60_000);
const interrupted = once(process, 'SIGINT');
console.log(JSON.stringify(server.connection));

await interrupted;
const sql = postgres(server.connection);
const [row] = await sql`select 'still there' as answer`;
await sql.end();
await server.stop();
clearInterval(alive);
console.log(row?.['answer']);
