/** English texts that the worker and the pages share. English defines the keys and placeholders of every language. */
export const common = {
  'status.needs-approval': 'needs your approval',
  'status.needs-input': 'has a question',
  'status.failed': 'failed',
  'status.offline': 'offline',
  'status.lost': 'out of contact',
  'status.cancelling': 'cancelling',
  'status.running': 'running',
  'status.paused': 'paused',
  'status.requested': 'starting',
  'status.queued': 'queued',
  'status.stale': 'waiting for its runner',
  'status.succeeded': 'succeeded',
  'status.cancelled': 'cancelled',
  'status.idle': 'idle',

  'count.needs-you': { one: '{count} needs you', other: '{count} need you' },
  'count.failed': '{count} failed',
  'count.running': '{count} running',

  'refused.no-network': 'There is no network. Connect to one and try again.',
  'refused.unreachable': 'Nothing answers at {host}. Is the service running? Is the address right?',
  'refused.untrusted':
    'Nothing answers at {host}. Is the service running? If it is, its certificate may not be trusted: open {origin} in a tab to check.',
  'refused.no-access': 'The browser no longer lets Agentlight reach {host}.',
  'refused.redirected':
    '{host} redirects to another address. Use the address of the service itself.',
  'refused.newer-service': 'The service is too new for this extension. Update the extension.',
  'refused.older-service': 'The service is too old for this extension. Update the service.',
  'refused.unavailable': '{host} answered with HTTP {status}. Try again later.',
  'refused.not-agentlight': 'What answers at {host} is not Agentlight.',
  'refused.http': 'What answers at {host} (HTTP {status}) is not Agentlight. Check the address.',
} as const;
