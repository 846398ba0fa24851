import type { worker as english } from '../en/worker.ts';
import { translationOf } from '../text.ts';

export const worker = translationOf<typeof english>()({
  'badge.begin': 'Agentlight: zum Verbinden klicken',
  'badge.counts': 'Agentlight: {counts}',
  'badge.quiet': 'Agentlight: alles ruhig',
  'badge.title-paused': '{title} (stumm bis {time})',
  'badge.title-quiet-hours': '{title} (Ruhezeit bis {time})',
  'badge.offline': '{count} offline',
  'badge.cut-off': '{host} nicht erreichbar',
  'badge.no-access': 'kein Zugriff auf {host}',

  'notice.failed': '{name} ist fehlgeschlagen',
  'notice.failed-silently': 'Ein Grund wurde nicht genannt.',
  'notice.finished': '{name} ist fertig',
  'notice.finished-silently': 'Alles ging gut.',
  'notice.budget': '{name} hat das Budget überschritten',
  'notice.used-per-day': 'Verbraucht sind {used} von {allowed} pro Tag.',
  'notice.used-per-run': 'Verbraucht sind {used} von {allowed} pro Lauf.',
  'notice.tokens': { one: '{count} Token', other: '{count} Token' },
  'notice.offline': '{name} ist offline',
  'notice.gone': 'Der Runner ist nicht erreichbar.',
  'notice.gone-on': 'Der Runner auf {host} ist nicht erreichbar.',
  'notice.gone-running': 'Der Runner ist mitten in einem Lauf nicht mehr erreichbar.',
  'notice.gone-on-running': 'Der Runner auf {host} ist mitten in einem Lauf nicht mehr erreichbar.',
  'notice.permission': '{name} braucht deine Zustimmung',
  'notice.question': '{name} hat eine Frage',
  'notice.digest': '{count} Agenten brauchen Aufmerksamkeit',
  'notice.summary': 'In der Ruhezeit: {counts}',
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

  'menu.pause-hour': 'Benachrichtigungen für eine Stunde stumm schalten',
  'menu.pause-night': 'Benachrichtigungen bis morgen früh stumm schalten',
  'menu.resume': 'Benachrichtigungen wieder zeigen',
  'menu.reconnect': 'Neu verbinden',

  'suggestion': '{name} starten ({status})',

  'refused.unknown-service': 'Dieser Dienst ist nicht mehr verbunden.',
  'refused.no-address':
    'Das ist keine Adresse eines Dienstes. Sie sieht so aus: http://127.0.0.1:4747.',
});
