/** What Codex is to tell us. Source: developers.openai.com/codex/hooks. */
import type { HookTable } from '../settings/hook-settings.ts';
import type { Invocation } from '../settings/own-command.ts';
import { posixCommand, powerShellCommand } from '../settings/own-command.ts';

/** Seconds that Codex waits. None is asynchronous: before 0.148 Codex leaves such hooks out altogether. */
const REPORTS: Readonly<Record<string, number>> = {
  SessionStart: 10,
  UserPromptSubmit: 10,
  PreToolUse: 10,
  PostToolUse: 10,
  Stop: 10,
  SubagentStart: 10,
  SubagentStop: 10,
  // more than 3 is cut, with a warning at each start; Codexes that do not know these pass over them
  Interrupt: 3,
  SessionEnd: 3,
};

/** A person may answer in the browser; the hook itself gives up earlier. */
const QUESTIONS: Readonly<Record<string, number>> = { PermissionRequest: 600 };

/** @param approvals also ask in the browser for permissions. */
export function codexHooks(
  invocation: Invocation,
  { approvals, platform }: { approvals: boolean; platform: NodeJS.Platform },
): HookTable {
  // the shell of the session runs it, on Windows PowerShell
  const command = (platform === 'win32' ? powerShellCommand : posixCommand)(invocation, 'codex');
  const seconds = Object.entries(approvals ? { ...REPORTS, ...QUESTIONS } : REPORTS);
  return Object.fromEntries(
    seconds.map(([event, timeout]) => [event, { hooks: [{ type: 'command', command, timeout }] }]),
  );
}
