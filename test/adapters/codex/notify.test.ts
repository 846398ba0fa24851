import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addNotify, disablesHooks, removeNotify } from '../../../service/adapters/codex/notify.ts';
import { SettingsError } from '../../../service/adapters/settings/settings-error.ts';

const SELF = { node: '/usr/bin/node', main: '/opt/a light/service/cli/main.ts' };
const OURS = '"/usr/bin/node", "/opt/a light/service/cli/main.ts", "hook", "codex-notify"';
const add = (text: string) => addNotify(text, SELF);

test.each([
  ['an empty file', '', `notify = [${OURS}]\n`],
  ['a key', 'model = "o"\n', `model = "o"\nnotify = [${OURS}]\n`],
  ['a key without a line end', 'model = "o"', `model = "o"\nnotify = [${OURS}]`],
  ['tables alone', '# mine\n[a]\nb = 1\n', `notify = [${OURS}]\n# mine\n[a]\nb = 1\n`],
  [
    'a table that has such a key of its own',
    'a = 1 # one\n\n[x]\nnotify = ["theirs"]\n',
    `a = 1 # one\nnotify = [${OURS}]\n\n[x]\nnotify = ["theirs"]\n`,
  ],
  [
    'what only looks like a table',
    'a = [\n[1],\n"]", # ]\n]\nb = """\n[x]\n"""\nc = { d = [1] }\nd = 1979-05-27 07:32:00Z\n[y]\n',
    `a = [\n[1],\n"]", # ]\n]\nb = """\n[x]\n"""\nc = { d = [1] }\nd = 1979-05-27 07:32:00Z\nnotify = [${OURS}]\n[y]\n`,
  ],
  ['a notifier', 'notify = ["n", \'-x\']\n', `notify = [${OURS}, "--then", "n", '-x']\n`],
  [
    'a notifier on several lines',
    'notify = [\n  "n", # mine\n  "-x",\n]\n',
    `notify = [${OURS}, "--then", \n  "n", # mine\n  "-x",\n]\n`,
  ],
  ['an empty notifier', '"notify" = []\n', `"notify" = [${OURS}, ]\n`],
  ['line ends of Windows', 'a = 1\r\n', `a = 1\r\nnotify = [${OURS}]\r\n`],
])('%s: ours is put in, once, and taken out again', (_, text, expected) => {
  expect(add(text)).toBe(expected);
  expect(add(expected)).toBe(expected);
  expect(removeNotify(expected)).toBe(text);
});

/** Each at most once: a key that is defined twice is not valid TOML. */
const arbitraryLines = fc.shuffledSubarray(
  [
    'model = "gpt"',
    'a.b = [1, [2, "]"]] # c',
    'list = [\n  "x", # ]\n]',
    "text = '''\n[no]\nnotify = [\"x\"]\n'''",
    's = """\\"""" # "',
    'inline = { notify = ["x"], "k e" = 1 }',
    '# notify = ["no"]',
    '',
    '  when = 1979-05-27',
  ],
  { maxLength: 8 },
);

const arbitraryConfig = fc
  .tuple(
    fc.constantFrom('', '\uFEFF'),
    arbitraryLines,
    fc.nat({ max: 8 }),
    fc.constantFrom('', 'notify = ["n", "a"]', 'notify=[\n"n" # x\n,]', "'notify' = [ ]"),
    fc.constantFrom('', '[tables]\nnotify = ["x"]\n', '[[tables]]\n'),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([mark, lines, at, notify, table, isCut, isWindows]) => {
    const keys = notify === '' ? lines : lines.toSpliced(at, 0, notify);
    const text = `${mark}${keys.map((line) => `${line}\n`).join('')}${table}`;
    const ended = isCut ? text.replace(/\n$/, '') : text;
    return isWindows ? ended.replaceAll('\n', '\r\n') : ended;
  });

test('whatever the configuration, taking out what was put in gives the same bytes', () => {
  fc.assert(
    fc.property(arbitraryConfig, (text) => {
      const once = add(text);
      expect(once).not.toBe(text);
      expect(add(once)).toBe(once);
      expect(removeNotify(once)).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test('a path that has changed is brought up to date', () => {
  const old = addNotify('notify = ["n"]\n', {
    node: '/old/node',
    main: 'C:\\x\\service\\cli\\main.ts',
  });
  expect(add(old)).toBe(add('notify = ["n"]\n'));
  expect(add('notify = ["agentlight", "hook", "codex-notify", "--then", "n"]\n')).toBe(
    add('notify = ["n"]\n'),
  );
});

test('a program that came after us and calls us is left to do so', () => {
  const text = `notify = ["other", "--previous", '["node", "/x/service/cli/main.ts", "hook", "codex-notify"]']\n`;
  expect(add(text)).toBe(text);
  expect(removeNotify(text)).toBe(text);
});

test.each([
  ['notify = "n"\n', 'is not a list of strings'],
  ['notify = [1]\n', 'is not a list of strings'],
  ['a = 1\nb = [1\n', 'not valid TOML in line'],
  ['a = 1\nwhat is this\n', 'not valid TOML in line 2'],
  ['a = {b = 1\n', 'not valid TOML'],
  ['a = "x\n', 'not valid TOML in line 1'],
])('%j is refused', (text, message) => {
  expect(() => add(text)).toThrow(SettingsError);
  expect(() => add(text)).toThrow(message);
});

test.each([
  ['[features]\nhooks = false\n', true],
  ['[features] # mine\na = 1\n codex_hooks=false\n', true],
  ['features.hooks = false\n', true],
  ['[features]\nhooks = true\n', false],
  ['[other]\nhooks = false\n', false],
  ['hooks = false\n', false],
  ['# [features]\n# hooks = false\n', false],
  ['features = { hooks = false }\n', true],
  ['text = """\n[features]\nhooks = false\n"""\n', false],
])('%j turns hooks off: %s', (text, expected) => {
  expect(disablesHooks(text)).toBe(expected);
});
