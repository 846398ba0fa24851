/** A person sees all of what they decide on, and all of what "always" keeps. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LIMITS } from '../../protocol/wire/limits.ts';
import { translateHook } from '../../service/adapters/hooks/hooks.ts';
import { exactCall } from '../../service/adapters/tool-call.ts';

const CONTEXT = { host: 'laptop', expiresAt: '2026-01-31T13:00:00.000Z' };
const hook = (rest: object) => ({
  session_id: 'abcdef0123',
  cwd: '/home/mira/api',
  prompt_id: 'p1',
  ...rest,
});

function labelOf(suggestion: object): string | undefined {
  const input = hook({
    hook_event_name: 'PermissionRequest',
    permission_mode: 'default',
    tool_name: 'Bash',
    tool_input: { command: 'make' },
    permission_suggestions: [suggestion],
  });
  const choices = translateHook('claude-code', input, CONTEXT).ask?.choices ?? [];
  return choices.find(({ id }) => id === 'always')?.label;
}

const rule = (ruleContent?: string, toolName = 'Bash') => ({
  toolName,
  ...(ruleContent !== undefined && { ruleContent }),
});
const addRules = (rules: readonly object[], rest: object = {}) => ({
  type: 'addRules',
  rules,
  behavior: 'allow',
  destination: 'session',
  ...rest,
});

test.each<[string, object, string | undefined]>([
  ['one rule', addRules([rule('npm test:*')]), 'Allow Bash(npm test:*) in this session'],
  [
    'two rules',
    addRules([rule('npm test:*'), rule('git push:*')]),
    'Allow Bash(npm test:*), Bash(git push:*) in this session',
  ],
  ['a whole tool', addRules([rule(undefined, 'WebFetch')]), 'Allow WebFetch in this session'],
  [
    'kept for the user in the project',
    addRules([rule('ls')], { destination: 'localSettings' }),
    'Allow Bash(ls) in this project, for you',
  ],
  [
    'kept for the project',
    addRules([rule('ls')], { destination: 'projectSettings' }),
    'Allow Bash(ls) in this project, for everybody',
  ],
  [
    'kept for the user',
    addRules([rule('ls')], { destination: 'userSettings' }),
    'Allow Bash(ls) in all your projects',
  ],
  ['kept in an unknown place', addRules([rule('ls')], { destination: 'cloud' }), undefined],
  [
    'a rule that denies',
    addRules([rule('rm:*')], { behavior: 'deny' }),
    'Approve once, then deny Bash(rm:*) in this session',
  ],
  [
    'a rule that asks',
    addRules([rule('rm:*')], { behavior: 'ask' }),
    'Approve once, then ask about Bash(rm:*) in this session',
  ],
  ['an unknown behaviour', addRules([rule('rm:*')], { behavior: 'shrug' }), undefined],
  ['rules that are too long', addRules([rule('a'.repeat(40)), rule('b'.repeat(40))]), undefined],
  ['no rule', addRules([]), undefined],
  ['a rule that is none', addRules([rule('ls'), {}]), undefined],
  ['invisible characters', addRules([rule('ls \u202e:*')]), undefined],
  ['a line break', addRules([rule('ls\nrm')]), undefined],
  [
    'folders',
    { type: 'addDirectories', directories: ['/a', '/b'], destination: 'session' },
    'Allow /a, /b in this session',
  ],
  [
    'a mode',
    { type: 'setMode', mode: 'acceptEdits', destination: 'session' },
    'Switch to acceptEdits in this session',
  ],
  ['replaced rules', addRules([rule('ls')], { type: 'replaceRules' }), undefined],
])('"always" with %s', (_what, suggestion, label) => {
  expect(labelOf(suggestion)).toBe(label);
});

test('"always" names each rule whole, or is not offered', () => {
  const rules = fc.array(fc.record({ toolName: fc.string(), ruleContent: fc.string() }));
  const behavior = fc.constantFrom('allow', 'deny', 'ask');
  fc.assert(
    fc.property(rules, behavior, (given, does) => {
      const label = labelOf(addRules(given, { behavior: does }));
      if (label === undefined) return;
      expect(label.length).toBeLessThanOrEqual(LIMITS.choiceChars);
      expect(label.startsWith('Allow')).toBe(does === 'allow');
      for (const { toolName, ruleContent } of given) {
        expect(label).toContain(ruleContent === '' ? toolName : `${toolName}(${ruleContent})`);
      }
    }),
  );
});

test.each<[string, object, string]>([
  ['a command', { command: 'make' }, 'make'],
  [
    'a command with more',
    { command: 'make', description: 'Build', dangerouslyDisableSandbox: true },
    'make\n\n"description": "Build"\n"dangerouslyDisableSandbox": true',
  ],
  [
    'an edit of all places',
    { file_path: '/a', old_string: 'x', new_string: 'y', replace_all: true },
    '/a\n- x\n+ y\n\n"replace_all": true',
  ],
  ['a file', { file_path: '/a', content: 'x', mode: '0777' }, '/a\nx\n\n"mode": "0777"'],
  ['an address', { url: 'https://a', prompt: 'Read' }, 'https://a\n\n"prompt": "Read"'],
  [
    'a plan with what it allows',
    { plan: '1. Do it.', allowedPrompts: [{ tool: 'Bash', prompt: 'run tests' }] },
    '1. Do it.\n\n"allowedPrompts": [{"tool":"Bash","prompt":"run tests"}]',
  ],
  ['an unknown call', { host: 'a', as_root: true }, '{\n  "host": "a",\n  "as_root": true\n}'],
])('%s is shown whole', (_what, input, shown) => {
  expect(exactCall({ ...input })).toBe(shown);
});

test('no argument is left out, whatever a tool is called with', () => {
  const name = fc.constantFrom('command', 'file_path', 'content', 'url', 'plan', 'old_string', 'x');
  fc.assert(
    fc.property(fc.dictionary(name, fc.oneof(fc.string(), fc.boolean(), fc.nat())), (input) => {
      const shown = exactCall(input);
      for (const value of Object.values(input)) {
        const isIn = [String(value), JSON.stringify(value)].some((text) => shown.includes(text));
        const lines = String(value).split('\n');
        expect(isIn || lines.every((line) => shown.includes(line))).toBe(true);
      }
    }),
  );
});

test.each([
  ['API Error: 500 scripted 500. Try again.', 'StopFailure', 'run.failed'],
  ['Please run /login · API Error: 401 scripted 401', 'StopFailure', 'run.failed'],
  ['Please run /login · API Error: 401 scripted 401', 'Stop', 'run.failed'],
  ['API Error (529): overloaded', 'Stop', 'run.failed'],
  ['API Error handling is in place now.', 'Stop', 'run.succeeded'],
])('%s, by %s, is %s with these words', (text, event, type) => {
  const input = hook({
    hook_event_name: event,
    error: 'server_error',
    last_assistant_message: text,
  });
  const { reports } = translateHook('claude-code', input, CONTEXT);
  expect(reports.at(-1)).toMatchObject({ type, data: { message: text } });
});

test('a failure without words names the kind of the error', () => {
  const input = hook({ hook_event_name: 'StopFailure', error: 'rate_limit' });
  const { reports } = translateHook('claude-code', input, CONTEXT);
  expect(reports.at(-1)).toMatchObject({ data: { message: 'rate limit' } });
});
