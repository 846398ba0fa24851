/** What states are called, and what a person can do about trouble. */
import { t } from '../../i18n/list.ts';
import type { Status } from '../../../protocol/fleet/status.ts';
import type { ConnectionState, ConnectionErrorKind } from '../../shared/view.ts';

export function statusWords(status: Status): string {
  return t(`status.${status}`);
}

/** What happened, and what to do, in one sentence. @param host address of the service, as a person typed it. */
export function connectionErrorWords(trouble: ConnectionErrorKind, host: string): string {
  switch (trouble) {
    case 'unreachable':
    case 'not-agentlight':
      return t(`trouble.${trouble}`, { host });
    // nothing can be added to what an answer says of these
    case 'no-access':
      return t('refused.no-access', { host });
    case 'newer-service':
    case 'older-service':
      return t(`refused.${trouble}`);
    default:
      return t(`trouble.${trouble}`);
  }
}

/** The state of a connection, short. @param nowMs local clock. */
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
    case 'stopped':
      return t('connection.stopped');
  }
}

/** Whether it failed and is tried again, now or in a while: the two look alike, so that nothing jumps. */
export function isTrying({ state, ...connection }: ConnectionState): boolean {
  return state === 'waiting' || (state === 'connecting' && 'trouble' in connection);
}

/** Whether a person must give back to the extension what they have taken in the settings of the browser. */
export function needsAccess(connection: ConnectionState): boolean {
  return connection.state === 'stopped' && connection.trouble === 'no-access';
}

/** Whether a person must type a new code. */
export function needsPairing(connection: ConnectionState): boolean {
  return (
    connection.state === 'stopped' &&
    (connection.trouble === 'unauthorized' || connection.trouble === 'forbidden')
  );
}
