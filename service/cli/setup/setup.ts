/** `agentlight setup`: adds our hooks to the settings of other programs, and removes them. */
import type { Command } from 'commander';
import type { ChangeFlags } from './change-settings.ts';

export interface SetupFlags extends ChangeFlags {
  readonly approvals: boolean;
  readonly remove?: true;
}

export interface ClaudeCodeFlags extends SetupFlags {
  readonly project?: true;
  readonly local?: true;
}

export function addSetup(program: Command): void {
  const setup = program
    .command('setup')
    .summary('connect Claude Code or Codex')
    .description('Adds the hooks of Agentlight to the settings of another program.');
  const claudeCode = setup
    .command('claude-code')
    .summary('see Claude Code sessions, and answer their questions, in the browser')
    .description(
      'Adds hooks to the settings of Claude Code (~/.claude/settings.json, or in CLAUDE_CONFIG_DIR). Shows the changes and asks before it writes. Run it again to update the hooks.',
    )
    .option('--project', 'change .claude/settings.json of this folder instead')
    .option('--local', 'change .claude/settings.local.json of this folder instead');
  addCommonOptions(claudeCode).action(async (flags: ClaudeCodeFlags) => {
    const { setUpClaudeCode } = await import('./set-up-claude-code.ts');
    await setUpClaudeCode(flags);
  });
  const codex = setup
    .command('codex')
    .summary('see Codex sessions, and answer their questions, in the browser')
    .description(
      'Adds hooks to ~/.codex/hooks.json and a notifier to ~/.codex/config.toml (or in CODEX_HOME); a notifier of yours is still called. Shows the changes and asks before it writes. Run it again to update the hooks.',
    );
  addCommonOptions(codex).action(async (flags: SetupFlags) => {
    const { setUpCodex } = await import('./set-up-codex.ts');
    await setUpCodex(flags);
  });
}

function addCommonOptions(command: Command): Command {
  return command
    .option('--no-approvals', 'do not ask for permissions in the browser')
    .option('--remove', 'remove what this command added, and nothing else')
    .option('--yes', 'write without asking')
    .option('--json', 'print {"file", "changed", "backup"} for each file');
}
