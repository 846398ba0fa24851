/** Checks this machine: Node, and whether its coding agents are connected. */
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { claudeCodeHooks } from '../../adapters/claude-code/settings.ts';
import { codexHooks } from '../../adapters/codex/hooks.ts';
import { addNotify, disablesHooks } from '../../adapters/codex/notify.ts';
import type { HookTable } from '../../adapters/settings/hook-settings.ts';
import { addHooks, removeHooks } from '../../adapters/settings/hook-settings.ts';
import type { HookName } from '../../adapters/settings/own-command.ts';
import { openSettingsFile } from '../setup/settings-file.ts';
import { SELF } from '../setup/self.ts';
import { claudeCodeDir, whyNoHooksRun } from '../setup/set-up-claude-code.ts';
import { codexDir } from '../setup/set-up-codex.ts';
import type { Finding } from './finding.ts';
import { ok, warning, wrong } from './finding.ts';

/** The same as in package.json. */
const NODE_MAJOR = 24;

/** @param version such as `24.1.0`. */
export function checkNode(version: string): Finding {
  if (Number(version.split('.')[0]) >= NODE_MAJOR) return ok('node', `Node is ${version}.`);
  const says = `Node is ${version} but must be ${NODE_MAJOR} or newer.`;
  return wrong('node', says, 'Install it from https://nodejs.org');
}

export async function checkClaudeCode(): Promise<Finding> {
  const check = 'claude-code';
  const dir = claudeCodeDir();
  const connect = 'Connect it with: agentlight setup claude-code';
  const files = [
    join(dir, 'settings.json'),
    resolve('.claude/settings.json'),
    resolve('.claude/settings.local.json'),
  ];
  if (!(await exists(dir))) return ok(check, 'Claude Code is not used by this user.');
  const found = await Promise.all(files.map((file) => hooksIn(file, 'claude-code', claudeTables)));
  if (found.includes('unreadable')) {
    const file = files[found.indexOf('unreadable')];
    return wrong(check, `The settings in ${file} can't be read.`, 'Fix that file.');
  }
  const at = found.findIndex((state) => state !== 'none');
  if (at < 0) return warning(check, 'Claude Code is installed but not connected.', connect);
  const [forbidden] = await whyNoHooksRun(files[at] ?? '');
  if (forbidden !== undefined) return wrong(check, forbidden, 'Remove that from the settings.');
  return describe(check, 'Claude Code', found[at] === 'current', connect);
}

export async function checkCodex(): Promise<Finding> {
  const check = 'codex';
  const dir = codexDir();
  const connect = 'Connect it with: agentlight setup codex';
  if (!(await exists(dir))) return ok(check, 'Codex is not used by this user.');
  const [hooksFile, configFile] = [join(dir, 'hooks.json'), join(dir, 'config.toml')];
  const state = await hooksIn(hooksFile, 'codex', codexTables);
  if (state === 'unreadable') {
    return wrong(check, `The settings in ${hooksFile} can't be read.`, 'Fix that file.');
  }
  if (state === 'none') return warning(check, 'Codex is installed but not connected.', connect);
  const config = await readCodexConfig(configFile);
  if (config === 'unreadable') {
    return wrong(check, `The settings in ${configFile} can't be read.`, 'Fix that file.');
  }
  if (config.disablesHooks) {
    const says = `Hooks are turned off in ${configFile}, under [features].`;
    return wrong(check, says, 'Remove that, so that Codex runs them.');
  }
  return describe(check, 'Codex', state === 'current' && config.hasNotify, connect);
}

async function readCodexConfig(
  file: string,
): Promise<{ disablesHooks: boolean; hasNotify: boolean } | 'unreadable'> {
  try {
    const { text = '' } = await openSettingsFile(file);
    return { disablesHooks: disablesHooks(text), hasNotify: addNotify(text, SELF) === text };
  } catch {
    return 'unreadable';
  }
}

function describe(check: string, name: string, isCurrent: boolean, connect: string): Finding {
  if (isCurrent) return ok(check, `${name} is connected.`);
  const says = `${name} is connected, but not as this version would do it.`;
  return warning(check, says, connect.replace('Connect it', 'Update it'));
}

/** @param approvals whether permissions are also requested in the browser. */
function claudeTables(approvals: boolean): HookTable {
  return claudeCodeHooks(SELF, { approvals, platform: process.platform });
}

function codexTables(approvals: boolean): HookTable {
  return codexHooks(SELF, { approvals, platform: process.platform });
}

/** `old`: there are hooks of ours, but not the current ones. */
async function hooksIn(
  file: string,
  name: HookName,
  tableOf: (approvals: boolean) => HookTable,
): Promise<'none' | 'old' | 'current' | 'unreadable'> {
  try {
    const { text = '' } = await openSettingsFile(file);
    if (removeHooks(text, name) === text) return 'none';
    const isCurrent = [true, false].some(
      (approvals) => !changes(text, (read) => addHooks(read, tableOf(approvals), name)),
    );
    return isCurrent ? 'current' : 'old';
  } catch {
    return 'unreadable';
  }
}

/** True also if the change fails, because then the settings are not ours. */
function changes(text: string, change: (text: string) => string): boolean {
  try {
    return change(text) !== text;
  } catch {
    return true;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
