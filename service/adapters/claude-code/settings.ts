/** What Claude Code is to tell us. Source: code.claude.com/docs/en/hooks. */
import { join } from 'node:path';
import type { HookHandler, HookTable } from '../settings/hook-settings.ts';
import type { Invocation } from '../settings/own-command.ts';
import { posixCommand } from '../settings/own-command.ts';

const HOOK = 'claude-code';

/** Their matcher is a name of a tool; other events are taken as they come. */
const TOOL_EVENTS: ReadonlySet<string> = new Set([
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PermissionRequest',
  'PermissionDenied',
]);

const REPORTS = [
  'SessionStart',
  'SessionEnd',
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'Notification',
  'Stop',
  'StopFailure',
  'SubagentStart',
  'SubagentStop',
  'PreCompact',
  'PostCompact',
  'PermissionDenied',
];

/** Claude Code waits for the answer: a person may give it in the browser. */
const QUESTIONS = ['PermissionRequest', 'Elicitation'];

const REPORT_SECONDS = 10;
/** A session's end waits for it; without a value of its own it has 1.5. */
const SESSION_END_SECONDS = 5;
/** The longest that Claude Code waits by default. The hook itself gives up earlier. */
const QUESTION_SECONDS = 600;

/** @param approvals also ask in the browser for permissions. */
export function claudeCodeHooks(
  invocation: Invocation,
  { approvals, platform }: { approvals: boolean; platform: NodeJS.Platform },
): HookTable {
  const call = commandOf(invocation, platform);
  const entry = (event: string, how: Omit<HookHandler, 'type' | 'command' | 'args'>) => {
    const handler: HookHandler = { type: 'command', ...call, ...how };
    return [event, { ...(TOOL_EVENTS.has(event) && { matcher: '*' }), hooks: [handler] }] as const;
  };
  return Object.fromEntries([
    ...REPORTS.map((event) =>
      // what runs in the background is killed with the session
      event === 'SessionEnd'
        ? entry(event, { timeout: SESSION_END_SECONDS })
        : entry(event, { async: true, timeout: REPORT_SECONDS }),
    ),
    ...(approvals ? QUESTIONS.map((event) => entry(event, { timeout: QUESTION_SECONDS })) : []),
  ]);
}

/** On Windows the shell is Git Bash or PowerShell, which quote differently: there, none (Claude Code 2.1.139). */
function commandOf(invocation: Invocation, platform: NodeJS.Platform) {
  if (platform !== 'win32') return { command: posixCommand(invocation, HOOK) };
  return { command: invocation.node, args: [invocation.main, 'hook', HOOK] };
}

/** Folder of an administrator's settings, which hold over everybody's (code.claude.com/docs/en/settings). */
export function managedSettingsDir(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return '/Library/Application Support/ClaudeCode';
  if (platform === 'win32') return join('C:\\', 'Program Files', 'ClaudeCode');
  return '/etc/claude-code';
}

/** Why hooks of a user's do not run under these settings; undefined if they do. */
export function whatForbidsHooks(settings: unknown, managed: boolean): string | undefined {
  if (typeof settings !== 'object' || settings === null) return undefined;
  const { disableAllHooks, allowManagedHooksOnly } = settings as Record<string, unknown>;
  if (disableAllHooks === true) return 'disableAllHooks';
  return managed && allowManagedHooksOnly === true ? 'allowManagedHooksOnly' : undefined;
}
