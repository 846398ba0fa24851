// Owns a data directory, for tests that kill the process: node owner-process.ts <dataDir>. It prints its connection as
// a line of JSON. On SIGINT it queries the server once more, prints the answer, and stops the server.
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
