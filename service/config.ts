/**
 * Configuration: from a flag, else the environment, else the default. An invalid value stops the start.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Config {
  /** Address to listen on. Defaults to `127.0.0.1`: this machine only. */
  readonly host: string;
  /** TCP port; 0 selects a free one. Defaults to 4747. */
  readonly port: number;
  /** Directory of the embedded database and the owner's token. */
  readonly dataDir: string;
  /** A PostgreSQL to use instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  /** The owner's token for unattended installations, at least 32 characters, the same at every start. */
  readonly ownerToken: string | undefined;
  /** Host names, besides loopback and `host`, that requests may use. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may read, such as `https://status.example`. Defaults to none. */
  readonly allowedOrigins: readonly string[];
  /** Secret with which GitHub signs its webhooks; at least 16 characters. Without it they are refused. */
  readonly githubSecret: string | undefined;
  /** JSON file that describes other webhooks. Defaults to none. */
  readonly webhooks: string | undefined;
  /** Interval of heartbeats on a stream. Defaults to 15,000; above 20,000 an MV3 worker would be stopped. */
  readonly heartbeatMs: number;
  /** A reader whose socket accepts no data for this long is closed; its cursor stays valid. Defaults to 120,000. */
  readonly stuckReaderMs: number;
  /** Size of the ring buffer that holds the newest encoded events for replay. Defaults to 8 MiB. */
  readonly streamBufferBytes: number;
  /** A reader that is further behind than this gets a snapshot instead of a replay. Defaults to 20,000 events. */
  readonly replayMaxEvents: number;
  /** Maximum number of open streams. Defaults to 20,000. */
  readonly maxStreams: number;
  /** Maximum number of open streams per token. Defaults to 2,000. */
  readonly maxStreamsPerToken: number;
  /** Maximum size of a request body. Defaults to 1 MiB. */
  readonly maxBodyBytes: number;
  /** Time to reconnect before a runner whose stream closed is offline. Defaults to 300. */
  readonly disconnectGraceMs: number;
  /** A runner that sends no heartbeat for this long is offline, even if its stream is open. Defaults to 90,000. */
  readonly runnerTimeoutMs: number;
  /** Time for runners to reconnect after a restart of the service. Defaults to 15,000. */
  readonly restartGraceMs: number;
  /** Lifetime of an instance's lease: without renewal it counts as dead after this. Defaults to 10,000. */
  readonly instanceLeaseMs: number;
  /** A run that is out of contact for this long fails. Defaults to 120,000. */
  readonly lostRunMs: number;
  /** Lifetime of a question without `expiresAt`. Defaults to 86,400,000 (a day). */
  readonly approvalMs: number;
  /** Lifetime of an acknowledgement ("I'm on it"). Defaults to 86,400,000 (a day). */
  readonly acknowledgementMs: number;
  /** Time for which an agent of one run or session is shown after its end. Defaults to 86,400,000 (a day). */
  readonly endedAgentMs: number;
  /** Lifetime of a pairing code. Defaults to 1,800,000 (30 minutes). */
  readonly pairingCodeMs: number;
  /** Poll interval for events of other instances, in case a notification is lost. Defaults to 2,000. */
  readonly pollMs: number;
  /** Minimum interval between stored progress values of a run; 0 stores all. Defaults to 200. */
  readonly progressIntervalMs: number;
  /** Maximum number of events in the log. Defaults to 1,000,000. */
  readonly keepEvents: number;
  /** Maximum age of events. Defaults to 90. */
  readonly keepDays: number;
  /** High-volume events (output, messages, tool calls) are kept within this many positions. Defaults to 500,000. */
  readonly keepDetailEvents: number;
  /** Maximum age of high-volume events. Defaults to 14. */
  readonly keepDetailDays: number;
  /** Interval of the deletion of old events. Defaults to 60,000. */
  readonly retentionIntervalMs: number;
  /** JSON file with the rules for notifications without a browser (notify/notify-config.ts). Defaults to none. */
  readonly notify: string | undefined;
  /** `debug`, `info`, `warn`, `error` or `silent`. Defaults to `info`. */
  readonly logLevel: string;
}

/** Settings that `agentlight serve` accepts as flags. */
export interface Flags {
  readonly host?: string;
  readonly port?: number;
  readonly dataDir?: string;
  readonly databaseUrl?: string;
}

/** An invalid setting. The message says what to change. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Env = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError naming the variable, what was found and what is expected. */
export function readConfig(flags: Flags, env: Env): Config {
  const integer = (name: string, fallback: number, min: number, max: number) =>
    readInteger(env, name, fallback, min, max);
  if (flags.port !== undefined) checkInteger('--port', flags.port, 0, 65_535);
  return {
    host: nonEmpty(flags, 'host') ?? nonEmpty(env, 'AGENTLIGHT_HOST') ?? '127.0.0.1',
    port: flags.port ?? integer('AGENTLIGHT_PORT', 4747, 0, 65_535),
    dataDir: resolve(nonEmpty(flags, 'dataDir') ?? defaultDataDir(env)),
    databaseUrl: nonEmpty(flags, 'databaseUrl') ?? nonEmpty(env, 'DATABASE_URL'),
    ownerToken: readOwnerToken(env),
    allowedHosts: readAllowedHosts(env),
    allowedOrigins: readAllowedOrigins(env),
    githubSecret: readGithubSecret(env),
    webhooks: nonEmpty(env, 'AGENTLIGHT_WEBHOOKS'),
    heartbeatMs: integer('AGENTLIGHT_HEARTBEAT_MS', 15_000, 100, 20_000),
    stuckReaderMs: integer('AGENTLIGHT_STUCK_READER_MS', 120_000, 100, 3_600_000),
    streamBufferBytes: integer('AGENTLIGHT_STREAM_BUFFER_BYTES', 8_388_608, 65_536, 1_073_741_824),
    replayMaxEvents: integer('AGENTLIGHT_REPLAY_MAX_EVENTS', 20_000, 0, 10_000_000),
    maxStreams: integer('AGENTLIGHT_MAX_STREAMS', 20_000, 1, 1_000_000),
    maxStreamsPerToken: integer('AGENTLIGHT_MAX_STREAMS_PER_TOKEN', 2_000, 1, 1_000_000),
    maxBodyBytes: integer('AGENTLIGHT_MAX_BODY_BYTES', 1_048_576, 1_024, 104_857_600),
    disconnectGraceMs: integer('AGENTLIGHT_DISCONNECT_GRACE_MS', 300, 0, 60_000),
    runnerTimeoutMs: integer('AGENTLIGHT_RUNNER_TIMEOUT_MS', 90_000, 100, 3_600_000),
    restartGraceMs: integer('AGENTLIGHT_RESTART_GRACE_MS', 15_000, 0, 3_600_000),
    instanceLeaseMs: integer('AGENTLIGHT_INSTANCE_LEASE_MS', 10_000, 200, 3_600_000),
    lostRunMs: integer('AGENTLIGHT_LOST_RUN_MS', 120_000, 0, 86_400_000),
    approvalMs: integer('AGENTLIGHT_APPROVAL_MS', 86_400_000, 1_000, 31_536_000_000),
    acknowledgementMs: integer('AGENTLIGHT_ACKNOWLEDGEMENT_MS', 86_400_000, 1_000, 31_536_000_000),
    endedAgentMs: integer('AGENTLIGHT_ENDED_AGENT_MS', 86_400_000, 1_000, 31_536_000_000),
    pairingCodeMs: integer('AGENTLIGHT_PAIRING_CODE_MS', 1_800_000, 1_000, 86_400_000),
    pollMs: integer('AGENTLIGHT_POLL_MS', 2_000, 50, 60_000),
    progressIntervalMs: integer('AGENTLIGHT_PROGRESS_INTERVAL_MS', 200, 0, 60_000),
    keepEvents: integer('AGENTLIGHT_KEEP_EVENTS', 1_000_000, 0, 1_000_000_000_000),
    keepDays: integer('AGENTLIGHT_KEEP_DAYS', 90, 1, 36_500),
    keepDetailEvents: integer('AGENTLIGHT_KEEP_DETAIL_EVENTS', 500_000, 0, 1_000_000_000_000),
    keepDetailDays: integer('AGENTLIGHT_KEEP_DETAIL_DAYS', 14, 1, 36_500),
    retentionIntervalMs: integer('AGENTLIGHT_RETENTION_INTERVAL_MS', 60_000, 100, 86_400_000),
    notify: nonEmpty(env, 'AGENTLIGHT_NOTIFY'),
    logLevel: readLogLevel(env),
  };
}

/** `AGENTLIGHT_DATA_DIR`, else the operating system's directory for application data. */
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
      'AGENTLIGHT_OWNER_TOKEN must be 32 to 200 visible ASCII characters. Generate one with: openssl rand -hex 32',
    );
  }
  return token;
}

function readGithubSecret(env: Env): string | undefined {
  const secret = nonEmpty(env, 'AGENTLIGHT_GITHUB_SECRET');
  if (secret === undefined || /^[\x21-\x7e]{16,200}$/.test(secret)) return secret;
  throw new ConfigError(
    'AGENTLIGHT_GITHUB_SECRET must be 16 to 200 visible ASCII characters. Generate one with: openssl rand -hex 32',
  );
}

function readAllowedOrigins(env: Env): string[] {
  const origins = readList(env, 'AGENTLIGHT_ALLOWED_ORIGINS');
  const invalid = origins.find((origin) => URL.parse(origin)?.origin !== origin);
  if (invalid === undefined) return origins;
  throw new ConfigError(
    `AGENTLIGHT_ALLOWED_ORIGINS has "${invalid}"; it must be a comma-separated list of origins such as https://status.example.`,
  );
}

function readAllowedHosts(env: Env): string[] {
  const names = readList(env, 'AGENTLIGHT_ALLOWED_HOSTS').map((name) => name.toLowerCase());
  const invalid = names.find((name) => !/^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(name));
  if (invalid === undefined) return names;
  throw new ConfigError(
    `AGENTLIGHT_ALLOWED_HOSTS has "${invalid}"; it must be a comma-separated list of host names without scheme and port, such as hub.example.com or [fd00::1].`,
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

function readInteger(env: Env, name: string, fallback: number, min: number, max: number): number {
  const text = nonEmpty(env, name);
  if (text === undefined) return fallback;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  checkInteger(name, value, min, max, text);
  return value;
}

function checkInteger(
  name: string,
  value: number,
  min: number,
  max: number,
  found = String(value),
) {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new ConfigError(`${name} is "${found}"; it must be a whole number from ${min} to ${max}.`);
}

/** An empty value counts as missing, for example `--host "$HOST"`: it must not mean "every address". */
function nonEmpty<K extends string>(
  given: Readonly<Partial<Record<K, string | undefined>>>,
  name: K,
): string | undefined {
  const value = given[name];
  return value === undefined || value === '' ? undefined : value;
}
