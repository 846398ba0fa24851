import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How clients reach the server: a Unix socket, or a port of 127.0.0.1. */
export type Listening = { socketDir: string } | { port: number };

/** The file in the home directory that the configuration of the cluster includes. */
export const settingsFile = 'agentlight.conf';

/** The port in the name of the socket. Nothing listens on it. */
export const socketPort = 5432;

/** Writes PostgreSQL's settings: reachable only for Agentlight, and small (20 to 30 MB when idle). */
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
    // I/O workers and compiled queries would cost memory and gain nothing here
    io_method: 'sync',
    jit: 'off',
    // the service logs failed statements itself, without their text, which may contain user data
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
    // a list, so quotes protect commas and spaces in the path
    unix_socket_directories: `"${listening.socketDir.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
  };
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
