/**
 * Detects that a question was answered in the terminal, which no hook reports.
 *
 * With Claude Code 2.1.197, "No" and Esc end the waiting hook, but "Yes" does not: the next hook comes only when the tool
 * has finished, perhaps in an hour. `claude agents --json` reports it earlier.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { HookTool } from '../../adapters/hooks/hook-tool.ts';
import { claudeStatus } from '../../runner/session/claude-status.ts';

/** Each poll starts a program for half a second, so the intervals grow. */
const POLLS_MS = [4_000, 4_000, 6_000, 10_000];
const LAST_POLL_MS = 15_000;

/** Resolves once the session has no open question; never if that is unknown or `signal` is aborted. */
export async function whenAnsweredInTerminal(
  tool: HookTool,
  session: string,
  signal: AbortSignal,
): Promise<void> {
  if (tool !== 'claude-code') return new Promise(() => {});
  for (let poll = 0; !signal.aborted; poll += 1) {
    await delay(POLLS_MS[poll] ?? LAST_POLL_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    if ((await claudeStatus(session)) === 'busy') return;
  }
  return new Promise(() => {});
}
