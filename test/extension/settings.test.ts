import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { choose, FIELDS, readPartial, withMuted } from '../../extension/shared/settings.ts';
import {
  differences,
  parseSettingsFile,
  formatSettingsFile,
} from '../../extension/shared/settings-file.ts';

test('what makes no sense is as if it had not been chosen, and everything else holds', () => {
  const stored = { theme: 'dark', density: 'huge', quietFrom: '25:00', muted: 'all', unknown: 1 };
  const { settings } = choose(stored, undefined);
  expect(settings.theme).toBe('dark');
  expect(settings.density).toBe('comfortable');
  expect(settings.quietFrom).toBe('22:00');
  expect(settings.muted).toEqual([]);
});

test('whatever is stored, there are settings', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (stored, policy) => {
      const { settings } = choose(stored, policy);
      for (const [key, field] of Object.entries(FIELDS)) {
        expect(field.read(settings[key as keyof typeof FIELDS])).toBeDefined();
      }
    }),
  );
});

test('what the organisation has set holds, and is locked', () => {
  const { settings, locked } = choose({ sound: true, theme: 'dark' }, { sound: false, theme: 7 });
  expect(settings).toMatchObject({ sound: false, theme: 'dark' });
  expect([...locked]).toEqual(['sound']);
});

test('a file gives back what was written, and tells what it would change', () => {
  const { settings } = choose({ theme: 'dark', muted: ['s/a'] }, undefined);
  const read = parseSettingsFile(formatSettingsFile(settings));
  expect(read).toEqual({ settings });
  const before = choose(undefined, undefined).settings;
  expect(differences(before, settings)).toEqual(['muted: [] → ["s/a"]', 'theme: system → dark']);
});

test.each([
  ['', 'no file of Agentlight'],
  ['[]', 'no file of Agentlight'],
  ['{"format":"agentlight-settings","version":2,"settings":{}}', 'newer version'],
  ['{"format":"agentlight-settings","version":1}', 'no settings in this file'],
  [
    '{"format":"agentlight-settings","version":1,"settings":{"token":"x"}}',
    '“token” is no setting',
  ],
  ['{"format":"agentlight-settings","version":1,"settings":{"theme":7}}', '“theme” can’t be 7'],
])('of a bad file nothing is taken: %s', (text, problem) => {
  const read = parseSettingsFile(text);
  expect(read.settings).toBeUndefined();
  expect(read.problem).toContain(problem);
});

test('muting is remembered once, and the longest ago makes room', () => {
  expect(withMuted(['a'], 'a', true)).toEqual(['a']);
  expect(withMuted(['a', 'b'], 'a', false)).toEqual(['b']);
  const many = Array.from({ length: 500 }, (_, n) => String(n));
  expect(withMuted(many, 'new', true)).toHaveLength(500);
});

test('the schema for organisations has the fields that there are', () => {
  const file = new URL('../../extension/public/managed-schema.json', import.meta.url);
  const { properties } = JSON.parse(readFileSync(file, 'utf8'));
  expect(Object.keys(properties).sort()).toEqual(Object.keys(FIELDS).sort());
  expect(readPartial(choose(undefined, undefined).settings)).toEqual(
    choose(undefined, undefined).settings,
  );
});
