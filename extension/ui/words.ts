/** What states are called, and what a person can do about trouble. */
import type { Status } from '../../protocol/status.ts';
import type { Connection, Trouble } from '../shared/view.ts';

export const STATUS_WORDS: Record<Status, string> = {
  'needs-approval': 'needs your approval',
  'needs-input': 'has a question',
  failed: 'failed',
  offline: 'offline',
  lost: 'out of contact',
  cancelling: 'cancelling',
  running: 'running',
  paused: 'paused',
  requested: 'starting',
  queued: 'queued',
  stale: 'waiting for its runner',
  succeeded: 'succeeded',
  cancelled: 'cancelled',
  idle: 'idle',
};

/** What happened, and what to do, in one sentence. @param host address of the service, as a person typed it. */
export function troubleWords(trouble: Trouble, host: string): string {
  switch (trouble) {
    case 'no-network':
      return 'There is no network.';
    case 'unreachable':
      return `Nothing answers at ${host}. Is the service running?`;
    case 'not-agentlight':
      return `What answers at ${host} is not Agentlight. Check the address.`;
    case 'unauthorized':
      return 'The service does not accept our token any more. Pair again.';
    case 'forbidden':
      return 'Our token may not watch this service. Pair again.';
    case 'version':
      return 'The service and this extension do not understand each other. Update the older one.';
    case 'unavailable':
      return 'The service is not available right now.';
    case 'rate-limited':
      return 'The service asks us to slow down.';
    case 'silent':
      return 'The service has fallen silent.';
  }
}

/** The state of a connection, short. @param nowMs local clock. */
export function connectionWords(connection: Connection, nowMs: number): string {
  switch (connection.state) {
    case 'live':
      return connection.delayMs === undefined
        ? 'Live'
        : `Every ${connection.delayMs / 1_000} s, as a proxy holds the stream back`;
    case 'connecting':
      return connection.attempt === 0 ? 'Connecting…' : 'Reconnecting…';
    case 'waiting': {
      const seconds = Math.max(1, Math.ceil((connection.retryAtMs - nowMs) / 1_000));
      return `Next try in ${seconds} s`;
    }
    case 'stopped':
      return 'Not connected';
  }
}

/** Whether a person must type a new code. */
export function needsPairing(connection: Connection): boolean {
  return (
    connection.state === 'stopped' &&
    (connection.trouble === 'unauthorized' || connection.trouble === 'forbidden')
  );
}
