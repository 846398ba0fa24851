/** English, which the keys and places of all languages come from: what worker and pages share. */
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

  'count.waiting': '{count} waiting for you',
  'count.failed': '{count} failed',
  'count.running': '{count} running',

  'refused.no-network': 'There is no network. Connect to one.',
  'refused.unreachable': 'Nothing answers at {host}. Is the service running? Is the address right?',
  'refused.untrusted':
    'Nothing answers at {host}. Is the service running? If it is, its certificate may not be trusted: open {origin} in a tab to see.',
  'refused.no-access': 'The browser does not let Agentlight reach {host} any more.',
  'refused.newer-service': 'The service is too new for this extension. Update the extension.',
  'refused.older-service': 'The service is too old for this extension. Update the service.',
  'refused.unavailable': '{host} answers with {status}. Try again later.',
  'refused.not-agentlight': 'What answers at {host} is not Agentlight.',
  'refused.http': 'What answers at {host} (HTTP {status}) is not Agentlight. Check the address.',
  'refused.no-reason': 'The service gave no reason.',
} as const;
