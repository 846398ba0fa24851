import { expect, test } from 'vitest';
import {
  claudeCodeHooks,
  whatForbidsHooks,
} from '../../../service/adapters/claude-code/settings.ts';

const SELF = { node: '/usr/bin/node', main: '/opt/a light/service/cli/main.ts' };
const COMMAND = '"/usr/bin/node" "/opt/a light/service/cli/main.ts" hook claude-code';
const all = claudeCodeHooks(SELF, { approvals: true, platform: 'linux' });
const reports = claudeCodeHooks(SELF, { approvals: false, platform: 'linux' });

test('nobody waits for a report', () => {
  const { SessionEnd, ...others } = reports;
  for (const [event, { hooks }] of Object.entries(others)) {
    expect([event, hooks]).toEqual([
      event,
      [{ type: 'command', command: COMMAND, async: true, timeout: 10 }],
    ]);
  }
  expect(SessionEnd).toEqual({ hooks: [{ type: 'command', command: COMMAND, timeout: 5 }] });
});

test('an answer is waited for, unless approvals are not wanted', () => {
  const handler = { type: 'command', command: COMMAND, timeout: 600 };
  expect(all).toEqual({
    ...reports,
    PermissionRequest: { matcher: '*', hooks: [handler] },
    Elicitation: { hooks: [handler] },
  });
});

test('only events of tools have a matcher', () => {
  const withMatcher = Object.keys(all).filter((event) => all[event]?.matcher === '*');
  expect(withMatcher.toSorted()).toEqual([
    'PermissionDenied',
    'PermissionRequest',
    'PostToolUse',
    'PostToolUseFailure',
    'PreToolUse',
  ]);
});

test('on Windows no shell is involved, whichever it would be', () => {
  const { Stop } = claudeCodeHooks(SELF, { approvals: true, platform: 'win32' });
  expect(Stop?.hooks[0]).toMatchObject({
    command: SELF.node,
    args: [SELF.main, 'hook', 'claude-code'],
  });
});

test.each([
  [{}, true, undefined],
  [undefined, true, undefined],
  [{ disableAllHooks: true }, false, 'disableAllHooks'],
  [{ disableAllHooks: false }, false, undefined],
  [{ allowManagedHooksOnly: true }, true, 'allowManagedHooksOnly'],
  // only an administrator can say so
  [{ allowManagedHooksOnly: true }, false, undefined],
])('with %j, managed: %s, hooks are forbidden by %s', (settings, managed, expected) => {
  expect(whatForbidsHooks(settings, managed)).toBe(expected);
});
