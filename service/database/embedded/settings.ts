import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How clients reach the server: a Unix socket, or a port of 127.0.0.1. */
export type Listening = { socketDir: string } | { port: number };

/** The name of the file, in the home, that the cluster's own configuration includes. */
export const settingsFile = 'agentlight.conf';

/** The port that names the socket; nothing listens on it. */
export const socketPort = 5432;

/** Writes PostgreSQL's settings: reachable by us alone, and small (20 to 30 MB when idle). */
export async function writeSettings(homeDir: string, listening: Listening): Promise<void> {
  const file = join(homeDir, settingsFile);
  await writeFile(`${file}.new`, settingsText(listening), { mode: 0o644 });
  await rename(`${file}.new`, file);
}

function settingsText(listening: Listening): string {
  const settings = {
    ...addressSettings(listening),
    max_connections: '100',
    shared_buffers: '32MB',
    max_wal_size: '256MB',
    // Workers for input and output, and compilation of queries, cost memory and gain nothing here.
    io_method: 'sync',
    jit: 'off',
    // The service tells of its failed statements itself; their text may hold what users wrote.
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    log_line_prefix: '',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quoted(value)}`);
  return ['# Written by Agentlight at every start.', ...lines, ''].join('\n');
}

function addressSettings(listening: Listening) {
  if ('port' in listening) {
    return {
      listen_addresses: '127.0.0.1',
      port: String(listening.port),
      unix_socket_directories: '',
    };
  }
  return {
    listen_addresses: '',
    port: String(socketPort),
    // A list in which the quotes protect a comma or a space.
    unix_socket_directories: `"${listening.socketDir.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
  };
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
