import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HookTable } from '../../service/adapters/settings/hook-settings.ts';
import { addHooks, removeHooks } from '../../service/adapters/settings/hook-settings.ts';
import { SettingsError } from '../../service/adapters/settings/settings-error.ts';
import { arbitrarySettingsText } from '../support/arbitrary-json-text.ts';

const NAME = 'claude-code';
const COMMAND = '"/usr/bin/node" "/opt/light/service/cli/main.ts" hook claude-code';

function hooks(command: string, events = ['Stop', 'PreToolUse', 'SessionEnd']): HookTable {
  return Object.fromEntries(
    events.map((event) => [
      event,
      {
        ...(event === 'PreToolUse' && { matcher: '*' }),
        hooks: [{ type: 'command', command, timeout: 10 }],
      },
    ]),
  );
}

const WANTED = hooks(COMMAND);
const add = (text: string, wanted = WANTED) => addHooks(text, wanted, NAME);
const remove = (text: string) => removeHooks(text, NAME);
const read = (text: string) => JSON.parse(text.replace('\uFEFF', ''));

test('whatever the settings, taking out what was put in gives the same bytes', () => {
  fc.assert(
    fc.property(arbitrarySettingsText, (text) => {
      expect(remove(add(text))).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test('putting in twice is putting in once', () => {
  fc.assert(
    fc.property(arbitrarySettingsText, (text) => {
      const once = add(text);
      expect(add(once)).toBe(once);
    }),
    { numRuns: 500 },
  );
});

test('all of ours is in force, and everything else as it was', () => {
  fc.assert(
    fc.property(arbitrarySettingsText, (text) => {
      const [before, after] = [read(text), read(add(text))];
      const { hooks: oldHooks = {}, ...oldRest } = before;
      const { hooks: newHooks, ...newRest } = after;
      expect(newRest).toEqual(oldRest);
      for (const event of new Set([...Object.keys(oldHooks), ...Object.keys(WANTED)])) {
        const old = oldHooks[event] ?? [];
        expect(newHooks[event]).toEqual(event in WANTED ? [...old, WANTED[event]] : old);
      }
    }),
    { numRuns: 500 },
  );
});

test('a path that has changed is brought up to date in its place', () => {
  const old = add('{\n  "a": 1\n}\n', hooks(COMMAND.replace('/opt/light', '/old path')));
  const theirs = old.replace(/\n\}\n$/, ',\n  "last": true\n}\n');
  const updated = add(theirs);
  expect(updated).toBe(add('{\n  "a": 1\n}\n').replace(/\n\}\n$/, ',\n  "last": true\n}\n'));
  expect(remove(updated)).toBe('{\n  "a": 1,\n  "last": true\n}\n');
});

test('a matcher that the user narrowed stays, beside hooks of their own', () => {
  const settings = {
    hooks: {
      PreToolUse: [
        {
          matcher: 'Bash',
          hooks: [
            { type: 'command', command: 'mine.sh' },
            { type: 'command', command: 'agentlight hook claude-code' },
          ],
        },
      ],
    },
  };
  const after = read(add(JSON.stringify(settings)));
  expect(after.hooks.PreToolUse).toEqual([
    {
      matcher: 'Bash',
      hooks: [settings.hooks.PreToolUse[0]?.hooks[0], WANTED['PreToolUse']?.hooks[0]],
    },
  ]);
  const removed = read(remove(JSON.stringify(settings)));
  expect(removed.hooks.PreToolUse[0].hooks).toEqual([{ type: 'command', command: 'mine.sh' }]);
});

test('events that are no longer wanted, and doubles, go', () => {
  const all = add('{}');
  const twice = JSON.stringify({
    hooks: {
      Stop: [WANTED['Stop'], { hooks: [] }, WANTED['Stop']],
      PreToolUse: [WANTED['PreToolUse']],
    },
  });
  expect(read(add(all, hooks(COMMAND, ['Stop'])))).toEqual({ hooks: { Stop: [WANTED['Stop']] } });
  expect(read(add(twice, hooks(COMMAND, ['Stop'])))).toEqual({
    hooks: { Stop: [WANTED['Stop'], { hooks: [] }] },
  });
});

test('the layout is that of the file', () => {
  const wanted = hooks(COMMAND, ['Stop']);
  expect(add('', wanted)).toBe(
    `${JSON.stringify({ hooks: { Stop: [wanted['Stop']] } }, null, 2)}\n`,
  );
  const tabs = '{\n\t"model": "x"\n}';
  expect(add(tabs, wanted)).toBe(
    JSON.stringify({ model: 'x', hooks: { Stop: [wanted['Stop']] } }, null, '\t'),
  );
  const oneLine = '{"hooks":{"Stop":[{"hooks":[]}]}}';
  expect(add(oneLine, wanted)).toBe(
    JSON.stringify({ hooks: { Stop: [{ hooks: [] }, wanted['Stop']] } }),
  );
  const mixed = '{\n  "hooks": {"Stop": [{"hooks": []}]}\n}';
  expect(add(mixed, wanted)).toMatch(
    /^ {2}"hooks": \{"Stop": \[\{"hooks": \[\]\},\n {4}\{\n {6}"hooks": \[/m,
  );
  const windows = '{\r\n  "model": "x"\r\n}\r\n';
  expect(add(windows, wanted).replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});

test('settings without hooks stay as they are', () => {
  expect(remove('')).toBe('');
  expect(remove('{ }')).toBe('{ }');
});

test.each([
  ['{ // mine\n}', 'Comments and trailing commas are not allowed'],
  ['{"a": 1,}', 'It is not valid JSON'],
  ['[]', 'It is not a JSON object'],
  ['{"hooks": []}', 'Its "hooks" are not a JSON object'],
  ['{"hooks": {"Stop": {}}}', 'Its "hooks" have no list for "Stop"'],
])('%s is refused', (text, message) => {
  expect(() => add(text)).toThrow(SettingsError);
  expect(() => add(text)).toThrow(message);
  expect(() => remove(text)).toThrow(message);
});
