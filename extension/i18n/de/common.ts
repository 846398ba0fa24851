import type { common as english } from '../en/common.ts';
import { translationOf } from '../text.ts';

export const common = translationOf<typeof english>()({
  'status.needs-approval': 'braucht deine Zustimmung',
  'status.needs-input': 'hat eine Frage',
  'status.failed': 'fehlgeschlagen',
  'status.offline': 'offline',
  'status.lost': 'nicht erreichbar',
  'status.cancelling': 'wird abgebrochen',
  'status.running': 'läuft',
  'status.paused': 'angehalten',
  'status.requested': 'startet',
  'status.queued': 'in der Warteschlange',
  'status.stale': 'wartet auf seinen Runner',
  'status.succeeded': 'erfolgreich',
  'status.cancelled': 'abgebrochen',
  'status.idle': 'untätig',

  'count.needs-you': { one: '{count} wartet auf dich', other: '{count} warten auf dich' },
  'count.failed': '{count} fehlgeschlagen',
  'count.running': { one: '{count} läuft', other: '{count} laufen' },

  'refused.no-network':
    'Es gibt kein Netz. Stelle eine Verbindung her und versuche es noch einmal.',
  'refused.unreachable': 'Unter {host} antwortet nichts. Läuft der Dienst? Stimmt die Adresse?',
  'refused.untrusted':
    'Unter {host} antwortet nichts. Läuft der Dienst? Wenn ja, ist sein Zertifikat vielleicht nicht vertrauenswürdig: Öffne {origin} in einem Tab, um das zu prüfen.',
  'refused.no-access': 'Der Browser lässt Agentlight nicht mehr auf {host} zugreifen.',
  'refused.redirected':
    '{host} leitet an eine andere Adresse weiter. Nimm die Adresse des Dienstes selbst.',
  'refused.newer-service':
    'Der Dienst ist zu neu für diese Erweiterung. Aktualisiere die Erweiterung.',
  'refused.older-service': 'Der Dienst ist zu alt für diese Erweiterung. Aktualisiere den Dienst.',
  'refused.unavailable':
    '{host} hat mit HTTP {status} geantwortet. Versuche es später noch einmal.',
  'refused.not-agentlight': 'Was unter {host} antwortet, ist nicht Agentlight.',
  'refused.http':
    'Was unter {host} antwortet (HTTP {status}), ist nicht Agentlight. Prüfe die Adresse.',
});
