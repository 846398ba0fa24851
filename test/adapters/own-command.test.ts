import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  callsHook,
  posixCommand,
  powerShellCommand,
} from '../../service/adapters/settings/own-command.ts';

test.each([
  ['"/usr/bin/node" "/opt/agentlight/service/cli/main.ts" hook claude-code', true],
  [`& 'C:\\node.exe' 'C:\\a b\\service\\cli\\main.ts' hook claude-code`, true],
  ['C:\\node.exe C:\\service\\cli\\main.ts hook claude-code', true],
  ['/home/a/bin/agentlight hook claude-code', true],
  ['agentlight.cmd hook claude-code', true],
  ['AGENTLIGHT_URL=http://light:4747 agentlight hook claude-code', true],
  ['agentlight hook codex', false],
  ['agentlight hook claude-code-too', false],
  ['myagentlight hook claude-code', false],
  ['/opt/other/main.ts hook claude-code', false],
  ['echo hook claude-code', false],
])('%s is ours: %s', (command, expected) => {
  expect(callsHook(command, 'claude-code')).toBe(expected);
});

test('the hook of notify is another than that of the hooks', () => {
  expect(callsHook('agentlight hook codex-notify', 'codex')).toBe(false);
  expect(callsHook('agentlight hook codex-notify', 'codex-notify')).toBe(true);
});

test.runIf(process.platform !== 'win32')(
  'a shell runs it as it is, whatever is in the paths',
  () => {
    const dir = mkdtempSync(join(tmpdir(), 'agentlight test $HOME `id` "\\ \' & ;'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const [node, main] = [join(dir, 'node'), join(dir, 'main.js')];
    symlinkSync(process.execPath, node);
    writeFileSync(main, 'console.log(JSON.stringify(process.argv.slice(1)))');
    const command = posixCommand({ node, main }, 'codex');
    const output = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual([main, 'hook', 'codex']);
  },
);

test('PowerShell is told to call it, not to print it', () => {
  const invocation = {
    node: 'C:\\Program Files\\node.exe',
    main: "C:\\it's\\service\\cli\\main.ts",
  };
  const command = powerShellCommand(invocation, 'codex');
  expect(command).toBe(
    `& 'C:\\Program Files\\node.exe' 'C:\\it''s\\service\\cli\\main.ts' hook codex`,
  );
  expect(callsHook(command, 'codex')).toBe(true);
});
