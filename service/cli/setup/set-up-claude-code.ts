/** `agentlight setup claude-code`: which file it changes, and what keeps Claude Code from running the hooks. */
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  claudeCodeHooks,
  managedSettingsDir,
  whatForbidsHooks,
} from '../../adapters/claude-code/settings.ts';
import { addHooks, removeHooks } from '../../adapters/settings/hook-settings.ts';
import { UsageError } from '../exit-codes.ts';
import { warn } from '../print.ts';
import { changeSettings } from './change-settings.ts';
import { SELF } from './self.ts';
import { openSettingsFile } from './settings-file.ts';
import type { ClaudeCodeFlags } from './setup.ts';

export async function setUpClaudeCode(flags: ClaudeCodeFlags): Promise<void> {
  const file = claudeCodeFile(flags);
  const hooks = claudeCodeHooks(SELF, { approvals: flags.approvals, platform: process.platform });
  const done = await changeSettings(
    [
      {
        file,
        change: (text) =>
          flags.remove ? removeHooks(text, 'claude-code') : addHooks(text, hooks, 'claude-code'),
      },
    ],
    flags,
  );
  if (flags.remove || !done) return;
  if (flags.project) {
    warn(`${file} now holds paths of this machine. If others share the file, use --local instead.`);
  }
  for (const reason of await whyNoHooksRun(file)) warn(reason);
}

function claudeCodeFile({ project, local }: ClaudeCodeFlags): string {
  if (project && local) throw new UsageError('Use either --project or --local, not both.');
  if (project) return resolve('.claude/settings.json');
  if (local) return resolve('.claude/settings.local.json');
  return join(claudeCodeDir(), 'settings.json');
}

export function claudeCodeDir(): string {
  return resolve(process.env['CLAUDE_CONFIG_DIR'] || join(homedir(), '.claude'));
}

/** What keeps Claude Code from running hooks, in sentences; empty if nothing does. */
export async function whyNoHooksRun(changed: string): Promise<string[]> {
  const reasons: string[] = [];
  const own = [
    join(claudeCodeDir(), 'settings.json'),
    resolve('.claude/settings.json'),
    resolve('.claude/settings.local.json'),
  ];
  const managedDir = managedSettingsDir(process.platform);
  const dropIns = await readdir(join(managedDir, 'managed-settings.d')).catch(() => []);
  const managed = [
    join(managedDir, 'managed-settings.json'),
    ...dropIns.map((name) => join(managedDir, 'managed-settings.d', name)),
  ];
  for (const file of new Set([changed, ...own, ...managed])) {
    const reason = whatForbidsHooks(await readLeniently(file), managed.includes(file));
    if (!reason) continue;
    reasons.push(`"${reason}" is set in ${file}: Claude Code does not run these hooks.`);
  }
  return reasons;
}

/** Settings that are not going to be changed; undefined if they can't be read. */
async function readLeniently(file: string): Promise<unknown> {
  try {
    return JSON.parse((await openSettingsFile(file)).text ?? '');
  } catch {
    return undefined;
  }
}
