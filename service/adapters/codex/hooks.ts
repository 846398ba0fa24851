/** The hooks that we add to the settings of Codex. Source: developers.openai.com/codex/hooks. */
import type { HookTable } from '../settings/hook-settings.ts';
import type { Invocation } from '../settings/own-command.ts';
import { posixCommand, powerShellCommand } from '../settings/own-command.ts';

/** Timeouts in seconds. None is asynchronous: Codex before 0.148 skips asynchronous hooks. */
const REPORTS: Readonly<Record<string, number>> = {
  SessionStart: 10,
  UserPromptSubmit: 10,
  PreToolUse: 10,
  PostToolUse: 10,
  Stop: 10,
  SubagentStart: 10,
  SubagentStop: 10,
  // Codex lowers more than 3 with a warning at each start; versions without these events ignore them
  Interrupt: 3,
  SessionEnd: 3,
};

/** A person can answer in the browser. The hook itself gives up earlier. */
const QUESTIONS: Readonly<Record<string, number>> = { PermissionRequest: 600 };

/** @param approvals whether permissions are also requested in the browser. */
export function codexHooks(
  invocation: Invocation,
  { approvals, platform }: { approvals: boolean; platform: NodeJS.Platform },
): HookTable {
  // Codex runs it in the session's shell, which is PowerShell on Windows
  const command = (platform === 'win32' ? powerShellCommand : posixCommand)(invocation, 'codex');
  const seconds = Object.entries(approvals ? { ...REPORTS, ...QUESTIONS } : REPORTS);
  return Object.fromEntries(
    seconds.map(([event, timeout]) => [event, { hooks: [{ type: 'command', command, timeout }] }]),
  );
}
