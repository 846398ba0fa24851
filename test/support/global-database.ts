import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pino from 'pino';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';

import { openPool } from '../../service/database/connect.ts';
import { startEmbeddedPostgres } from '../../service/database/embedded.ts';
import { migrate } from '../../service/database/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    testDatabase: {
      /** The server, as one who may make databases. */
      adminUrl: string;
      /** A migrated database to copy. Nobody stays connected to it. */
      template: string;
    };
  }
}

// The server's log tells of each refused connection, and tests make many.
const log = pino({ level: 'error' });

/**
 * One server and one migrated template for the whole test run: `TEST_DATABASE_URL` (a user that may
 * make databases) or else an embedded PostgreSQL in a temporary directory.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await openServer();
  const admin = postgres(server.adminUrl, { max: 1, onnotice: () => {} });
  const template = `agentlight_template_${randomBytes(6).toString('hex')}`;
  const teardown = async () => {
    await admin`drop database if exists ${admin(template)} with (force)`;
    await admin.end();
    await server.close();
  };
  try {
    await admin`create database ${admin(template)}`;
    await migrateDatabase(server.adminUrl, template);
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide('testDatabase', { adminUrl: server.adminUrl, template });
  return teardown;
}

async function migrateDatabase(adminUrl: string, name: string): Promise<void> {
  const url = new URL(adminUrl);
  url.pathname = name;
  const sql = await openPool(url.href, { log, maxConnections: 1 });
  try {
    await migrate(sql, { log });
  } finally {
    await sql.end();
  }
}

async function openServer(): Promise<{ adminUrl: string; close(): Promise<void> }> {
  const { TEST_DATABASE_URL: given } = process.env;
  if (given) return { adminUrl: given, close: async () => {} };
  const dataDir = await mkdtemp(join(tmpdir(), 'agentlight-test-'));
  // A port rather than a socket: its URL is one that every client understands.
  const { connection, stop } = await startEmbeddedPostgres({ dataDir, log, listen: 'loopback' });
  const { username, password, host, port, database } = connection;
  return {
    adminUrl: `postgres://${username}:${password}@${host}:${port}/${database}`,
    async close() {
      await stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
