/**
 * Configuration: a flag, else the environment, else the default. Validated at start; a bad value stops it.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Config {
  /** Address to listen on. Default `127.0.0.1`: only this machine. */
  readonly host: string;
  /** TCP port; 0 takes a free one. Default 4747. */
  readonly port: number;
  /** Where the embedded database and the owner's token live. */
  readonly dataDir: string;
  /** A PostgreSQL to use instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  /** The owner's token for unattended installations, at least 32 characters, the same at every start. */
  readonly ownerToken: string | undefined;
  /** Host names, besides loopback and `host`, under which the service may be addressed. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may read, such as `https://status.example`. Default none. */
  readonly allowedOrigins: readonly string[];
  /** Shared with GitHub, which signs its webhooks with it; at least 16 characters. Default none: they are not taken. */
  readonly githubSecret: string | undefined;
  /** JSON file that says how other webhooks are read. Default none. */
  readonly webhooks: string | undefined;
  /** Time between two heartbeats on a stream. Default 15,000; at most 20,000 keeps an MV3 worker alive. */
  readonly heartbeatMs: number;
  /** A reader whose socket takes nothing for this long is closed, its cursor intact. Default 120,000. */
  readonly stuckReaderMs: number;
  /** Newest part of the log that is kept encoded in memory for replay. Default 8 MiB. */
  readonly streamBufferBytes: number;
  /** A cursor further behind than this gets a snapshot instead of a replay. Default 20,000 events. */
  readonly replayMaxEvents: number;
  /** Open streams in total. Default 20,000. */
  readonly maxStreams: number;
  /** Open streams of one token. Default 2,000. */
  readonly maxStreamsPerToken: number;
  /** Largest request body. Default 1 MiB. */
  readonly maxBodyBytes: number;
  /** How long a runner whose socket closed may take to come back unnoticed. Default 300. */
  readonly disconnectGraceMs: number;
  /** A runner that sends no heartbeat for this long is offline, whatever its socket says. Default 90,000. */
  readonly runnerTimeoutMs: number;
  /** After a restart of the service, how long its runners may take to come back. Default 15,000. */
  readonly restartGraceMs: number;
  /** How long a service process may be silent before the others on its database count it as dead. Default 10,000. */
  readonly instanceLeaseMs: number;
  /** How long a run may be out of contact before it counts as failed. Default 120,000. */
  readonly lostRunMs: number;
  /** How long a question waits for an answer when its asker gives no end. Default 86,400,000 (a day). */
  readonly approvalMs: number;
  /** How long "I'm on it" lasts when the state does not change. Default 86,400,000 (a day). */
  readonly acknowledgementMs: number;
  /** How long an agent is shown that was there for one run or session and has ended. Default 86,400,000 (a day). */
  readonly endedAgentMs: number;
  /** How long a pairing code is good for. Default 1,800,000 (30 minutes). */
  readonly pairingCodeMs: number;
  /** How often the log is checked for events of other instances, beside their notifications. Default 2,000. */
  readonly pollMs: number;
  /** At most one value of a run's progress is stored in this time; 0 stores all. Default 200. */
  readonly progressIntervalMs: number;
  /** Newest events that are kept. Default 1,000,000. */
  readonly keepEvents: number;
  /** How long events are kept. Default 90. */
  readonly keepDays: number;
  /** Newest positions of which the high-volume events (output, messages, tool calls) are kept. Default 500,000. */
  readonly keepDetailEvents: number;
  /** How long high-volume events are kept. Default 14. */
  readonly keepDetailDays: number;
  /** How often old events are looked for. Default 60,000. */
  readonly retentionIntervalMs: number;
  /** A file that says whom to notify of what without a browser (notify/notify-config.ts). Default none. */
  readonly notify: string | undefined;
  /** `debug`, `info`, `warn`, `error` or `silent`. Default `info`. */
  readonly logLevel: string;
}

/** What the command line of `agentlight serve` may override. */
export interface Flags {
  readonly host?: string;
  readonly port?: number;
  readonly dataDir?: string;
  readonly databaseUrl?: string;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Env = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError naming the variable, what was found and what is expected. */
export function readConfig(flags: Flags, env: Env): Config {
  const whole = (name: string, fallback: number, min: number, max: number) =>
    readWhole(env, name, fallback, min, max);
  if (flags.port !== undefined) checkWhole('--port', flags.port, 0, 65_535);
  return {
    host: nonEmpty(flags, 'host') ?? nonEmpty(env, 'AGENTLIGHT_HOST') ?? '127.0.0.1',
    port: flags.port ?? whole('AGENTLIGHT_PORT', 4747, 0, 65_535),
    dataDir: resolve(nonEmpty(flags, 'dataDir') ?? defaultDataDir(env)),
    databaseUrl: nonEmpty(flags, 'databaseUrl') ?? nonEmpty(env, 'DATABASE_URL'),
    ownerToken: readOwnerToken(env),
    allowedHosts: readAllowedHosts(env),
    allowedOrigins: readAllowedOrigins(env),
    githubSecret: readGithubSecret(env),
    webhooks: nonEmpty(env, 'AGENTLIGHT_WEBHOOKS'),
    heartbeatMs: whole('AGENTLIGHT_HEARTBEAT_MS', 15_000, 100, 20_000),
    stuckReaderMs: whole('AGENTLIGHT_STUCK_READER_MS', 120_000, 100, 3_600_000),
    streamBufferBytes: whole('AGENTLIGHT_STREAM_BUFFER_BYTES', 8_388_608, 65_536, 1_073_741_824),
    replayMaxEvents: whole('AGENTLIGHT_REPLAY_MAX_EVENTS', 20_000, 0, 10_000_000),
    maxStreams: whole('AGENTLIGHT_MAX_STREAMS', 20_000, 1, 1_000_000),
    maxStreamsPerToken: whole('AGENTLIGHT_MAX_STREAMS_PER_TOKEN', 2_000, 1, 1_000_000),
    maxBodyBytes: whole('AGENTLIGHT_MAX_BODY_BYTES', 1_048_576, 1_024, 104_857_600),
    disconnectGraceMs: whole('AGENTLIGHT_DISCONNECT_GRACE_MS', 300, 0, 60_000),
    runnerTimeoutMs: whole('AGENTLIGHT_RUNNER_TIMEOUT_MS', 90_000, 100, 3_600_000),
    restartGraceMs: whole('AGENTLIGHT_RESTART_GRACE_MS', 15_000, 0, 3_600_000),
    instanceLeaseMs: whole('AGENTLIGHT_INSTANCE_LEASE_MS', 10_000, 200, 3_600_000),
    lostRunMs: whole('AGENTLIGHT_LOST_RUN_MS', 120_000, 0, 86_400_000),
    approvalMs: whole('AGENTLIGHT_APPROVAL_MS', 86_400_000, 1_000, 31_536_000_000),
    acknowledgementMs: whole('AGENTLIGHT_ACKNOWLEDGEMENT_MS', 86_400_000, 1_000, 31_536_000_000),
    endedAgentMs: whole('AGENTLIGHT_ENDED_AGENT_MS', 86_400_000, 1_000, 31_536_000_000),
    pairingCodeMs: whole('AGENTLIGHT_PAIRING_CODE_MS', 1_800_000, 1_000, 86_400_000),
    pollMs: whole('AGENTLIGHT_POLL_MS', 2_000, 50, 60_000),
    progressIntervalMs: whole('AGENTLIGHT_PROGRESS_INTERVAL_MS', 200, 0, 60_000),
    keepEvents: whole('AGENTLIGHT_KEEP_EVENTS', 1_000_000, 0, 1_000_000_000_000),
    keepDays: whole('AGENTLIGHT_KEEP_DAYS', 90, 1, 36_500),
    keepDetailEvents: whole('AGENTLIGHT_KEEP_DETAIL_EVENTS', 500_000, 0, 1_000_000_000_000),
    keepDetailDays: whole('AGENTLIGHT_KEEP_DETAIL_DAYS', 14, 1, 36_500),
    retentionIntervalMs: whole('AGENTLIGHT_RETENTION_INTERVAL_MS', 60_000, 100, 86_400_000),
    notify: nonEmpty(env, 'AGENTLIGHT_NOTIFY'),
    logLevel: readLogLevel(env),
  };
}

/** `AGENTLIGHT_DATA_DIR`, else the place where this operating system keeps a program's data. */
export function defaultDataDir(env: Env): string {
  const given = nonEmpty(env, 'AGENTLIGHT_DATA_DIR');
  if (given !== undefined) return given;
  if (process.platform === 'darwin') {
    return join(homedir(), 'Library', 'Application Support', 'agentlight');
  }
  if (process.platform === 'win32') {
    return join(nonEmpty(env, 'LOCALAPPDATA') ?? join(homedir(), 'AppData', 'Local'), 'agentlight');
  }
  return join(nonEmpty(env, 'XDG_DATA_HOME') ?? join(homedir(), '.local', 'share'), 'agentlight');
}

function readOwnerToken(env: Env): string | undefined {
  const token = nonEmpty(env, 'AGENTLIGHT_OWNER_TOKEN');
  if (token !== undefined && !/^[\x21-\x7e]{32,200}$/.test(token)) {
    throw new ConfigError(
      'AGENTLIGHT_OWNER_TOKEN must be 32 to 200 visible ASCII characters. Make one with: openssl rand -hex 32',
    );
  }
  return token;
}

function readGithubSecret(env: Env): string | undefined {
  const secret = nonEmpty(env, 'AGENTLIGHT_GITHUB_SECRET');
  if (secret === undefined || /^[\x21-\x7e]{16,200}$/.test(secret)) return secret;
  throw new ConfigError(
    'AGENTLIGHT_GITHUB_SECRET must be 16 to 200 visible ASCII characters. Make one with: openssl rand -hex 32',
  );
}

function readAllowedOrigins(env: Env): string[] {
  const origins = readList(env, 'AGENTLIGHT_ALLOWED_ORIGINS');
  const wrong = origins.find((origin) => URL.parse(origin)?.origin !== origin);
  if (wrong === undefined) return origins;
  throw new ConfigError(
    `AGENTLIGHT_ALLOWED_ORIGINS has "${wrong}"; it must be origins with commas between them, such as https://status.example.`,
  );
}

function readAllowedHosts(env: Env): string[] {
  const names = readList(env, 'AGENTLIGHT_ALLOWED_HOSTS').map((name) => name.toLowerCase());
  const bad = names.find((name) => !/^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(name));
  if (bad === undefined) return names;
  throw new ConfigError(
    `AGENTLIGHT_ALLOWED_HOSTS has "${bad}"; it must be host names with commas between them, without scheme and port, such as hub.example.com or [fd00::1].`,
  );
}

function readList(env: Env, name: string): string[] {
  const parts = (nonEmpty(env, name) ?? '').split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

function readLogLevel(env: Env): string {
  const level = nonEmpty(env, 'AGENTLIGHT_LOG_LEVEL') ?? 'info';
  const levels = ['debug', 'info', 'warn', 'error', 'silent'];
  if (levels.includes(level)) return level;
  throw new ConfigError(
    `AGENTLIGHT_LOG_LEVEL is "${level}"; it must be one of ${levels.join(', ')}.`,
  );
}

function readWhole(env: Env, name: string, fallback: number, min: number, max: number): number {
  const text = nonEmpty(env, name);
  if (text === undefined) return fallback;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  checkWhole(name, value, min, max, text);
  return value;
}

function checkWhole(name: string, value: number, min: number, max: number, found = String(value)) {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new ConfigError(`${name} is "${found}"; it must be a whole number from ${min} to ${max}.`);
}

/** Empty counts as not given, as with `--host "$HOST"`: it must not come to mean "every address". */
function nonEmpty<K extends string>(
  given: Readonly<Partial<Record<K, string | undefined>>>,
  name: K,
): string | undefined {
  const value = given[name];
  return value === undefined || value === '' ? undefined : value;
}
