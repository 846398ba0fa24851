/** Texts for states, and for what a person can do about connection errors. */
import type { ConnectionState } from '../../../protocol/client/connection.ts';
import type { ConnectionErrorKind } from '../../../protocol/client/errors.ts';
import { t } from '../../i18n/list.ts';
import type { Status } from '../../../protocol/fleet/status.ts';

export function statusWords(status: Status): string {
  return t(`status.${status}`);
}

/** Who is on it; undefined for nobody. @param user the user that this browser is paired as. */
export function acknowledgedWords(by: string | undefined, user: string): string | undefined {
  if (by === undefined) return undefined;
  return by === user ? t('row.acknowledged-by-you') : t('row.acknowledged-by', { name: by });
}

/** What happened, and what to do about it. @param host host and port of the service. */
export function connectionErrorWords(kind: ConnectionErrorKind, host: string): string {
  switch (kind) {
    case 'unreachable':
    case 'not-agentlight':
      return t(`connection-error.${kind}`, { host });
    // the same texts as for a refused request
    case 'no-access':
    case 'redirected':
      return t(`refused.${kind}`, { host });
    case 'newer-service':
    case 'older-service':
      return t(`refused.${kind}`);
    // only runners replace each other
    case 'replaced':
      return t('connection-error.refused');
    default:
      return t(`connection-error.${kind}`);
  }
}

/** A short text for the state of a connection. @param nowMs local clock. */
export function connectionWords(connection: ConnectionState, nowMs: number): string {
  switch (connection.state) {
    case 'live':
      return connection.delayMs === undefined
        ? t('connection.live')
        : t('connection.polling', { seconds: connection.delayMs / 1_000 });
    case 'connecting':
      return t(connection.attempt === 0 ? 'connection.connecting' : 'connection.reconnecting');
    case 'waiting': {
      const seconds = Math.max(1, Math.ceil((connection.retryAtMs - nowMs) / 1_000));
      return t('connection.waiting', { seconds });
    }
    case 'blocked':
    case 'stopped':
    case 'closed':
      return t('connection.stopped');
  }
}

/** Whether a failed connection is retried, now or later. Both look alike, so that nothing jumps. */
export function isTrying({ state, ...connection }: ConnectionState): boolean {
  return state === 'waiting' || (state === 'connecting' && 'error' in connection);
}

/** Whether the person must grant access to the address again. */
export function needsAccess(connection: ConnectionState): boolean {
  return connection.state === 'blocked';
}

/** Whether the person must pair again. */
export function needsPairing(connection: ConnectionState): boolean {
  return connection.state === 'stopped';
}
