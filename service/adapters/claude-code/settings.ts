/** The hooks that we add to the settings of Claude Code. Source: code.claude.com/docs/en/hooks. */
import { join } from 'node:path';
import type { HookHandler, HookTable } from '../settings/hook-settings.ts';
import type { Invocation } from '../settings/own-command.ts';
import { posixCommand } from '../settings/own-command.ts';

const HOOK = 'claude-code';

/** Events whose matcher is a tool name; the others have no matcher. */
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

/** Claude Code waits for the output of these hooks, so a person can answer in the browser. */
const QUESTIONS = ['PermissionRequest', 'Elicitation'];

const REPORT_SECONDS = 10;
/** The end of a session waits for this hook. Without a timeout of its own it gets 1.5 seconds. */
const SESSION_END_SECONDS = 5;
/** Claude Code's own default. The hook itself gives up earlier. */
const QUESTION_SECONDS = 600;

/** @param approvals whether permissions are also requested in the browser. */
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
      // an asynchronous hook is killed together with the session
      event === 'SessionEnd'
        ? entry(event, { timeout: SESSION_END_SECONDS })
        : entry(event, { async: true, timeout: REPORT_SECONDS }),
    ),
    ...(approvals ? QUESTIONS.map((event) => entry(event, { timeout: QUESTION_SECONDS })) : []),
  ]);
}

/** No shell on Windows: it can be Git Bash or PowerShell, which quote differently. Needs Claude Code 2.1.139. */
function commandOf(invocation: Invocation, platform: NodeJS.Platform) {
  if (platform !== 'win32') return { command: posixCommand(invocation, HOOK) };
  return { command: invocation.node, args: [invocation.main, 'hook', HOOK] };
}

/** The folder of an administrator's settings, which override all others (code.claude.com/docs/en/settings). */
export function managedSettingsDir(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return '/Library/Application Support/ClaudeCode';
  if (platform === 'win32') return join('C:\\', 'Program Files', 'ClaudeCode');
  return '/etc/claude-code';
}

/** The setting that keeps a user's hooks from running; undefined if there is none. */
export function whatForbidsHooks(settings: unknown, managed: boolean): string | undefined {
  if (typeof settings !== 'object' || settings === null) return undefined;
  const { disableAllHooks, allowManagedHooksOnly } = settings as Record<string, unknown>;
  if (disableAllHooks === true) return 'disableAllHooks';
  return managed && allowManagedHooksOnly === true ? 'allowManagedHooksOnly' : undefined;
}
