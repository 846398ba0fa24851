import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { choose, FIELDS, readPartial, withMuted } from '../../extension/shared/settings.ts';
import {
  differences,
  parseSettingsFile,
  formatSettingsFile,
} from '../../extension/shared/settings-file.ts';

test('invalid settings are ignored, and valid ones are kept', () => {
  const stored = { theme: 'dark', density: 'huge', quietFrom: '25:00', muted: 'all', unknown: 1 };
  const { settings } = choose(stored, undefined);
  expect(settings.theme).toBe('dark');
  expect(settings.density).toBe('comfortable');
  expect(settings.quietFrom).toBe('22:00');
  expect(settings.muted).toEqual([]);
});

test('any stored value gives complete settings', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (stored, policy) => {
      const { settings } = choose(stored, policy);
      for (const [key, field] of Object.entries(FIELDS)) {
        expect(field.read(settings[key as keyof typeof FIELDS])).toBeDefined();
      }
    }),
  );
});

test('settings of the organisation take precedence and are locked', () => {
  const { settings, locked } = choose({ sound: true, theme: 'dark' }, { sound: false, theme: 7 });
  expect(settings).toMatchObject({ sound: false, theme: 'dark' });
  expect([...locked]).toEqual(['sound']);
});

test('an exported file can be imported, and shows what it would change', () => {
  const { settings } = choose({ theme: 'dark', muted: ['s/a'] }, undefined);
  const read = parseSettingsFile(formatSettingsFile(settings));
  expect(read).toEqual({ settings });
  const before = choose(undefined, undefined).settings;
  expect(differences(before, settings)).toEqual(['muted: [] → ["s/a"]', 'theme: system → dark']);
});

test.each([
  ['', 'isn’t an Agentlight settings file'],
  ['[]', 'isn’t an Agentlight settings file'],
  ['{"format":"agentlight-settings","version":2,"settings":{}}', 'newer version'],
  ['{"format":"agentlight-settings","version":1}', 'no settings in this file'],
  [
    '{"format":"agentlight-settings","version":1,"settings":{"token":"x"}}',
    'There is no setting “token”',
  ],
  ['{"format":"agentlight-settings","version":1,"settings":{"theme":7}}', '“theme” can’t be 7'],
])('an invalid file is refused as a whole: %s', (text, problem) => {
  const read = parseSettingsFile(text);
  expect(read.settings).toBeUndefined();
  expect(read.problem).toContain(problem);
});

test('a muted agent is listed once, and the oldest entry is dropped at the limit', () => {
  expect(withMuted(['a'], 'a', true)).toEqual(['a']);
  expect(withMuted(['a', 'b'], 'a', false)).toEqual(['b']);
  const many = Array.from({ length: 500 }, (_, n) => String(n));
  expect(withMuted(many, 'new', true)).toHaveLength(500);
});

test('the schema for organisations has all fields', () => {
  const file = new URL('../../extension/public/managed-schema.json', import.meta.url);
  const { properties } = JSON.parse(readFileSync(file, 'utf8'));
  expect(Object.keys(properties).sort()).toEqual(Object.keys(FIELDS).sort());
  expect(readPartial(choose(undefined, undefined).settings)).toEqual(
    choose(undefined, undefined).settings,
  );
});
