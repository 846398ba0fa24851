import { expect, test } from 'vitest';
import { codexHooks } from '../../../service/adapters/codex/hooks.ts';

const SELF = { node: '/usr/bin/node', main: '/opt/service/cli/main.ts' };

test('none is asynchronous, and those at the end are short', () => {
  const hooks = codexHooks(SELF, { approvals: true, platform: 'linux' });
  const command = '"/usr/bin/node" "/opt/service/cli/main.ts" hook codex';
  expect(hooks['Stop']).toEqual({ hooks: [{ type: 'command', command, timeout: 10 }] });
  expect(hooks['PermissionRequest']?.hooks[0].timeout).toBe(600);
  expect(hooks['SessionEnd']?.hooks[0].timeout).toBe(3);
});

test('permissions are left to Codex when approvals are not wanted', () => {
  const hooks = codexHooks(SELF, { approvals: false, platform: 'linux' });
  expect(Object.keys(hooks)).not.toContain('PermissionRequest');
});
