/** `agentlight setup`: puts our hooks into the settings of other programs, and takes them out again. */
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import {
  claudeCodeHooks,
  managedSettingsDir,
  whatForbidsHooks,
} from '../../adapters/claude-code/settings.ts';
import { codexHooks } from '../../adapters/codex/hooks.ts';
import { addNotify, disablesHooks, removeNotify } from '../../adapters/codex/notify.ts';
import { addHooks, removeHooks } from '../../adapters/settings/hook-settings.ts';
import type { Invocation } from '../../adapters/settings/own-command.ts';
import type { ChangeFlags } from './change-settings.ts';
import { changeSettings } from './change-settings.ts';
import { UsageError } from '../exit-codes.ts';
import { warn } from '../print.ts';
import { openSettingsFile } from './settings-file.ts';

interface SetupFlags extends ChangeFlags {
  readonly approvals: boolean;
  readonly remove?: true;
}

interface ClaudeCodeFlags extends SetupFlags {
  readonly project?: true;
  readonly local?: true;
}

/** This very program, which the hooks are to run. */
export const SELF: Invocation = {
  node: process.execPath,
  main: fileURLToPath(new URL('../main.ts', import.meta.url)),
};

export function addSetup(program: Command): void {
  const setup = program
    .command('setup')
    .summary('connect Claude Code or Codex')
    .description('Puts the hooks of Agentlight into the settings of another program.');
  const claudeCode = setup
    .command('claude-code')
    .summary('see the sessions of Claude Code, and answer its questions, in the browser')
    .description(
      'Adds hooks to the settings of Claude Code (~/.claude/settings.json, or in CLAUDE_CONFIG_DIR). Shows what changes, and asks first. Can be repeated: what is there already stays or is brought up to date.',
    )
    .option('--project', 'change .claude/settings.json of this folder instead')
    .option('--local', 'change .claude/settings.local.json of this folder instead');
  addCommonOptions(claudeCode).action(setUpClaudeCode);
  const codex = setup
    .command('codex')
    .summary('see the sessions of Codex, and answer its questions, in the browser')
    .description(
      'Adds hooks to ~/.codex/hooks.json and a notifier to ~/.codex/config.toml (or in CODEX_HOME); a notifier of yours is still called. Shows what changes, and asks first. Can be repeated: what is there already stays or is brought up to date.',
    );
  addCommonOptions(codex).action(setUpCodex);
}

function addCommonOptions(command: Command): Command {
  return command
    .option('--no-approvals', 'do not ask for permissions in the browser')
    .option('--remove', 'take out what this command put in, and nothing else')
    .option('--yes', 'write without asking')
    .option('--json', 'print {"file", "changed", "backup"} for each file');
}

async function setUpClaudeCode(flags: ClaudeCodeFlags): Promise<void> {
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
    warn(`${file} now holds paths of this machine. If others share it, use --local instead.`);
  }
  await warnOfForbiddenHooks(file);
}

function claudeCodeFile({ project, local }: ClaudeCodeFlags): string {
  if (project && local) throw new UsageError('--project and --local are two files; take one.');
  if (project) return resolve('.claude/settings.json');
  if (local) return resolve('.claude/settings.local.json');
  return join(claudeCodeDir(), 'settings.json');
}

export function claudeCodeDir(): string {
  return resolve(process.env['CLAUDE_CONFIG_DIR'] || join(homedir(), '.claude'));
}

export function codexDir(): string {
  return resolve(process.env['CODEX_HOME'] || join(homedir(), '.codex'));
}

async function warnOfForbiddenHooks(changed: string): Promise<void> {
  for (const reason of await whyNoHooksRun(changed)) warn(reason);
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

/** Settings that are only looked at; undefined where they can't be read. */
async function readLeniently(file: string): Promise<unknown> {
  try {
    return JSON.parse((await openSettingsFile(file)).text ?? '');
  } catch {
    return undefined;
  }
}

async function setUpCodex(flags: SetupFlags): Promise<void> {
  const home = codexDir();
  const hooks = codexHooks(SELF, { approvals: flags.approvals, platform: process.platform });
  const config = join(home, 'config.toml');
  const done = await changeSettings(
    [
      {
        file: join(home, 'hooks.json'),
        change: (text) =>
          flags.remove ? removeHooks(text, 'codex') : addHooks(text, hooks, 'codex'),
      },
      {
        file: config,
        change: (text) => (flags.remove ? removeNotify(text) : addNotify(text, SELF)),
      },
    ],
    flags,
  );
  if (flags.remove || !done) return;
  process.stderr.write('Codex runs new hooks once you trust them: enter /hooks in Codex.\n');
  if (disablesHooks((await openSettingsFile(config)).text ?? '')) {
    warn(`hooks are turned off in ${config}, under [features]: Codex does not run these.`);
  }
}
