import type { worker as english } from '../en/worker.ts';
import { translationOf } from '../text.ts';

export const worker = translationOf<typeof english>()({
  'badge.not-paired': 'Agentlight: zum Verbinden klicken',
  'badge.counts': 'Agentlight: {counts}',
  'badge.quiet': 'Agentlight: alles ruhig',
  'badge.title-paused': '{title} (pausiert bis {time})',
  'badge.title-quiet-hours': '{title} (Ruhezeit bis {time})',
  'badge.offline': '{count} offline',
  'badge.disconnected': '{host} nicht erreichbar',
  'badge.no-access': 'kein Zugriff auf {host}',

  'notice.failed': '{name} ist fehlgeschlagen',
  'notice.failed-no-reason': 'Kein Grund angegeben.',
  'notice.finished': '{name} ist fertig',
  'notice.finished-no-message': 'Der Lauf war erfolgreich.',
  'notice.budget': '{name} hat das Budget überschritten',
  'notice.used-per-day': '{used} von {allowed} pro Tag verbraucht.',
  'notice.used-per-run': '{used} von {allowed} pro Lauf verbraucht.',
  'notice.tokens': '{count} Token',
  'notice.offline': '{name} ist offline',
  'notice.lost': 'Kontakt zum Runner verloren.',
  'notice.lost-on-host': 'Kontakt zum Runner auf {host} verloren.',
  'notice.lost-run': 'Kontakt zum Runner verloren, mitten im Lauf.',
  'notice.lost-run-on-host': 'Kontakt zum Runner auf {host} verloren, mitten im Lauf.',
  'notice.permission': '{name} braucht deine Zustimmung',
  'notice.question': '{name} hat eine Frage',
  'notice.digest': {
    one: '{count} Agent braucht Aufmerksamkeit',
    other: '{count} Agenten brauchen Aufmerksamkeit',
  },
  'notice.summary': 'Während die Benachrichtigungen pausierten: {counts}',
  'notice.try': 'Benachrichtigungen funktionieren',
  'notice.try-message': 'So erreichen dich deine Agenten.',

  'summary.question': { one: '{count} wartet auf dich', other: '{count} warten auf dich' },
  'summary.failed': '{count} fehlgeschlagen',
  'summary.offline': '{count} offline gegangen',
  'summary.budget': '{count} über dem Budget',
  'summary.finished': '{count} fertig',

  'button.review': 'Ansehen',
  'button.open': 'Öffnen',
  'button.deny': 'Ablehnen',
  'button.retry': 'Wiederholen',
  'button.approve': 'Zustimmen',

  'menu.pause-hour': 'Benachrichtigungen für eine Stunde pausieren',
  'menu.pause-morning': 'Benachrichtigungen bis morgen früh pausieren',
  'menu.resume': 'Benachrichtigungen fortsetzen',
  'menu.reconnect': 'Neu verbinden',

  'suggestion': 'Zu {name} gehen',

  'refused.unknown-service': 'Dieser Dienst ist nicht mehr verbunden.',
  'refused.no-address':
    'Das ist keine Adresse eines Dienstes. Sie sollte so aussehen: http://127.0.0.1:4747.',
});
