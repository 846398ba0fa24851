/** The one argument of Codex's `notify` program, as the hook call that says the same. */
import type { JsonObject } from '../json.ts';
import { textOf } from '../json.ts';

/** Undefined for what is not the end of a turn, which is all that Codex tells in this way. */
export function fromNotification(notification: JsonObject | undefined): JsonObject | undefined {
  if (notification?.['type'] !== 'agent-turn-complete') return undefined;
  const session = textOf(notification['thread-id']);
  if (session === '') return undefined;
  return {
    hook_event_name: 'Stop',
    session_id: session,
    turn_id: textOf(notification['turn-id']),
    cwd: textOf(notification['cwd']),
    last_assistant_message: textOf(notification['last-assistant-message']),
  };
}
