/**
 * Notices that a question was answered in the terminal where no hook says so.
 *
 * Seen with Claude Code 2.1.197: "No" and Esc end the waiting hook at once, but "Yes" leaves it alone, and the next
 * hook comes only when the tool is done, perhaps in an hour. `claude agents --json` knows better.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { HookTool } from '../../adapters/hooks/hook-tool.ts';
import { claudeStatus } from '../../runner/session/claude-status.ts';

/** Each look starts a program of half a second: rarer the longer it takes. */
const LOOKS_MS = [4_000, 4_000, 6_000, 10_000];
const LAST_LOOK_MS = 15_000;

/** Resolves once the session waits for nobody any more; never where that can't be known, or after `signal`. */
export async function whenAnsweredInTerminal(
  tool: HookTool,
  session: string,
  signal: AbortSignal,
): Promise<void> {
  if (tool !== 'claude-code') return new Promise(() => {});
  for (let look = 0; !signal.aborted; look += 1) {
    await delay(LOOKS_MS[look] ?? LAST_LOOK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    if ((await claudeStatus(session)) === 'busy') return;
  }
  return new Promise(() => {});
}
