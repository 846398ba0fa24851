/** Every text with a count, rendered for 0, 1, 2 and 5. */
import { afterEach, expect, test } from 'vitest';
import { texts as deBackground } from '../../extension/i18n/de/background.ts';
import { texts as dePages } from '../../extension/i18n/de/pages.ts';
import { common } from '../../extension/i18n/en/common.ts';
import { list } from '../../extension/i18n/en/list.ts';
import { options } from '../../extension/i18n/en/options.ts';
import { run } from '../../extension/i18n/en/run.ts';
import { worker } from '../../extension/i18n/en/worker.ts';
import { setLanguageSource } from '../../extension/i18n/language.ts';
import type { Catalogue, Text } from '../../extension/i18n/text.ts';
import { translator } from '../../extension/i18n/translate.ts';

const COUNTS = [0, 1, 2, 5];

const EXPECTED: Record<string, { readonly en: readonly string[]; readonly de: readonly string[] }> =
  {
    'count.needs-you': {
      en: ['0 need you', '1 needs you', '2 need you', '5 need you'],
      de: ['0 warten auf dich', '1 wartet auf dich', '2 warten auf dich', '5 warten auf dich'],
    },
    'count.failed': {
      en: ['0 failed', '1 failed', '2 failed', '5 failed'],
      de: ['0 fehlgeschlagen', '1 fehlgeschlagen', '2 fehlgeschlagen', '5 fehlgeschlagen'],
    },
    'count.running': {
      en: ['0 running', '1 running', '2 running', '5 running'],
      de: ['0 laufen', '1 läuft', '2 laufen', '5 laufen'],
    },
    'count.lost': {
      en: ['0 out of contact', '1 out of contact', '2 out of contact', '5 out of contact'],
      de: ['0 nicht erreichbar', '1 nicht erreichbar', '2 nicht erreichbar', '5 nicht erreichbar'],
    },
    'line.steps': {
      en: ['1 of 0 steps', '1 of 1 step', '1 of 2 steps', '1 of 5 steps'],
      de: ['1 von 0 Schritten', '1 von 1 Schritt', '1 von 2 Schritten', '1 von 5 Schritten'],
    },
    'duration.seconds': {
      en: ['0 s', '1 s', '2 s', '5 s'],
      de: ['0 s', '1 s', '2 s', '5 s'],
    },
    'duration.minutes': {
      en: ['0 min', '1 min', '2 min', '5 min'],
      de: ['0 min', '1 min', '2 min', '5 min'],
    },
    'duration.hours': {
      en: ['0 h', '1 h', '2 h', '5 h'],
      de: ['0 h', '1 h', '2 h', '5 h'],
    },
    'duration.days': {
      en: ['0 days', '1 day', '2 days', '5 days'],
      de: ['0 Tage', '1 Tag', '2 Tage', '5 Tage'],
    },
    'question.lines': {
      en: [
        '0 lines, scroll to read all',
        '1 line',
        '2 lines, scroll to read all',
        '5 lines, scroll to read all',
      ],
      de: [
        '0 Zeilen, zum Lesen scrollen',
        '1 Zeile',
        '2 Zeilen, zum Lesen scrollen',
        '5 Zeilen, zum Lesen scrollen',
      ],
    },
    'cost.tokens': {
      en: ['0 tokens', '1 token', '2 tokens', '5 tokens'],
      de: ['0 Token', '1 Token', '2 Token', '5 Token'],
    },
    'cost.tokens-of': {
      en: ['1 of 0 tokens', '1 of 1 token', '1 of 2 tokens', '1 of 5 tokens'],
      de: ['1 von 0 Token', '1 von 1 Token', '1 von 2 Token', '1 von 5 Token'],
    },
    'show.all-lines': {
      en: ['Show all 0 lines', 'Show 1 line', 'Show all 2 lines', 'Show all 5 lines'],
      de: [
        'Alle 0 Zeilen zeigen',
        '1 Zeile zeigen',
        'Alle 2 Zeilen zeigen',
        'Alle 5 Zeilen zeigen',
      ],
    },
    'show.all-characters': {
      en: [
        'Show all 0 characters',
        'Show 1 character',
        'Show all 2 characters',
        'Show all 5 characters',
      ],
      de: [
        'Alle 0 Zeichen zeigen',
        '1 Zeichen zeigen',
        'Alle 2 Zeichen zeigen',
        'Alle 5 Zeichen zeigen',
      ],
    },
    'show.earlier': {
      en: [
        'Show 1 of 0 earlier entries',
        'Show 1 earlier entry',
        'Show 1 of 2 earlier entries',
        'Show 1 of 5 earlier entries',
      ],
      de: [
        '1 von 0 früheren Einträgen zeigen',
        '1 früheren Eintrag zeigen',
        '1 von 2 früheren Einträgen zeigen',
        '1 von 5 früheren Einträgen zeigen',
      ],
    },
    'show.dropped': {
      en: [
        '0 older entries are not shown. An export includes them.',
        '1 older entry is not shown. An export includes it.',
        '2 older entries are not shown. An export includes them.',
        '5 older entries are not shown. An export includes them.',
      ],
      de: [
        '0 ältere Einträge sind nicht zu sehen. Ein Export enthält sie.',
        '1 älterer Eintrag ist nicht zu sehen. Ein Export enthält ihn.',
        '2 ältere Einträge sind nicht zu sehen. Ein Export enthält sie.',
        '5 ältere Einträge sind nicht zu sehen. Ein Export enthält sie.',
      ],
    },
    'output.match': {
      en: ['1 of 0', '1 of 1', '1 of 2', '1 of 5'],
      de: ['1 von 0', '1 von 1', '1 von 2', '1 von 5'],
    },
    'output.match-more': {
      en: ['1 of 0+', '1 of 1+', '1 of 2+', '1 of 5+'],
      de: ['1 von 0+', '1 von 1+', '1 von 2+', '1 von 5+'],
    },
    'output.dropped': {
      en: [
        '0 earlier lines are not shown. An export includes them.',
        '1 earlier line is not shown. An export includes it.',
        '2 earlier lines are not shown. An export includes them.',
        '5 earlier lines are not shown. An export includes them.',
      ],
      de: [
        '0 frühere Zeilen sind nicht zu sehen. Ein Export enthält sie.',
        '1 frühere Zeile ist nicht zu sehen. Ein Export enthält sie.',
        '2 frühere Zeilen sind nicht zu sehen. Ein Export enthält sie.',
        '5 frühere Zeilen sind nicht zu sehen. Ein Export enthält sie.',
      ],
    },
    'plot.values': {
      en: ['0 values', '1 value', '2 values', '5 values'],
      de: ['0 Werte', '1 Wert', '2 Werte', '5 Werte'],
    },
    'results.added': {
      en: ['0 lines added', '1 line added', '2 lines added', '5 lines added'],
      de: [
        '0 Zeilen hinzugefügt',
        '1 Zeile hinzugefügt',
        '2 Zeilen hinzugefügt',
        '5 Zeilen hinzugefügt',
      ],
    },
    'results.removed': {
      en: ['0 lines removed', '1 line removed', '2 lines removed', '5 lines removed'],
      de: ['0 Zeilen entfernt', '1 Zeile entfernt', '2 Zeilen entfernt', '5 Zeilen entfernt'],
    },
    'badge.offline': {
      en: ['0 offline', '1 offline', '2 offline', '5 offline'],
      de: ['0 offline', '1 offline', '2 offline', '5 offline'],
    },
    'notice.tokens': {
      en: ['0 tokens', '1 token', '2 tokens', '5 tokens'],
      de: ['0 Token', '1 Token', '2 Token', '5 Token'],
    },
    'notice.digest': {
      en: [
        '0 agents need attention',
        '1 agent needs attention',
        '2 agents need attention',
        '5 agents need attention',
      ],
      de: [
        '0 Agenten brauchen Aufmerksamkeit',
        '1 Agent braucht Aufmerksamkeit',
        '2 Agenten brauchen Aufmerksamkeit',
        '5 Agenten brauchen Aufmerksamkeit',
      ],
    },
    'summary.question': {
      en: ['0 need you', '1 needs you', '2 need you', '5 need you'],
      de: ['0 warten auf dich', '1 wartet auf dich', '2 warten auf dich', '5 warten auf dich'],
    },
    'summary.failed': {
      en: ['0 failed', '1 failed', '2 failed', '5 failed'],
      de: ['0 fehlgeschlagen', '1 fehlgeschlagen', '2 fehlgeschlagen', '5 fehlgeschlagen'],
    },
    'summary.offline': {
      en: ['0 went offline', '1 went offline', '2 went offline', '5 went offline'],
      de: ['0 offline gegangen', '1 offline gegangen', '2 offline gegangen', '5 offline gegangen'],
    },
    'summary.budget': {
      en: ['0 over budget', '1 over budget', '2 over budget', '5 over budget'],
      de: ['0 über dem Budget', '1 über dem Budget', '2 über dem Budget', '5 über dem Budget'],
    },
    'summary.finished': {
      en: ['0 finished', '1 finished', '2 finished', '5 finished'],
      de: ['0 fertig', '1 fertig', '2 fertig', '5 fertig'],
    },
  };

const english: Catalogue = { ...common, ...list, ...options, ...run, ...worker };
const german: Catalogue = { ...dePages, ...deBackground };

afterEach(() => setLanguageSource(() => ({ id: 'en', locale: undefined, texts: {} })));

function hasCount(text: Text): boolean {
  const forms = typeof text === 'string' ? [text] : Object.values(text);
  return forms.some((form) => form.includes('{count}'));
}

function rendered(key: string): readonly string[] {
  const t: (key: string, values: Readonly<Record<string, number>>) => string = translator(english);
  return COUNTS.map((count) => t(key, { count, at: 1, done: 1, shown: 1, used: 1 }));
}

test('the table has every text with a count', () => {
  const keys = Object.keys(english).filter((key) => hasCount(english[key] ?? ''));
  expect(Object.keys(EXPECTED).sort()).toEqual(keys.sort());
});

test.each(Object.entries(EXPECTED))('%s', (key, { en, de }) => {
  setLanguageSource(() => ({ id: 'en', locale: 'en', texts: {} }));
  expect(rendered(key)).toEqual(en);
  setLanguageSource(() => ({ id: 'de', locale: 'de', texts: german }));
  expect(rendered(key)).toEqual(de);
});
