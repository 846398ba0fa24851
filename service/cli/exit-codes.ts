/** Exit codes of the command line. `run` ends with the exit code of its command instead. */
import type { ConnectionErrorKind } from '../../protocol/client/errors.ts';
import { isTokenRefused, ServiceError } from '../../protocol/client/errors.ts';

export const EXIT = {
  failed: 1,
  usage: 2,
  /** EX_UNAVAILABLE of sysexits.h: the service does not answer. */
  unavailable: 69,
  /** EX_NOPERM of sysexits.h: the token is missing, unknown, revoked or not allowed to do this. */
  refused: 77,
  /** The codes of shells for a program that can't be executed, and for one that does not exist. */
  notExecutable: 126,
  notFound: 127,
} as const;

/** Invalid options or arguments. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** There is no token for the service. */
export class NoTokenError extends Error {
  override readonly name = 'NoTokenError';
}

const USAGE_ERRORS: ReadonlySet<string> = new Set([
  'UsageError',
  'RunnerConfigError',
  'ConfigError',
]);

/** Then the address may be wrong, or the service has not been started. */
const NOBODY_THERE: ReadonlySet<ConnectionErrorKind> = new Set([
  'unreachable',
  'silent',
  'not-agentlight',
  'redirected',
]);

export function exitCodeOf(error: unknown): number {
  if (error instanceof NoTokenError || isTokenRefused(error)) return EXIT.refused;
  if (error instanceof ServiceError && error.kind !== 'refused') return EXIT.unavailable;
  return error instanceof Error && USAGE_ERRORS.has(error.name) ? EXIT.usage : EXIT.failed;
}

/** One or two lines: what happened and what to do. */
export function describeError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ServiceError && NOBODY_THERE.has(error.kind)) {
    return `${message}\nStart the service with: agentlight serve   (or set AGENTLIGHT_URL)`;
  }
  if (isTokenRefused(error)) {
    return `${message}\nThe token comes from AGENTLIGHT_TOKEN, or from the data directory of a service on this machine.`;
  }
  return message;
}
