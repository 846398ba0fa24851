/** Converts the argument of Codex's `notify` program to the equivalent hook input. */
import type { JsonObject } from '../json.ts';
import { stringOf } from '../json.ts';

/** Undefined for anything but the end of a turn, the only notification that Codex sends. */
export function fromNotification(notification: JsonObject | undefined): JsonObject | undefined {
  if (notification?.['type'] !== 'agent-turn-complete') return undefined;
  const session = stringOf(notification['thread-id']);
  if (session === '') return undefined;
  return {
    hook_event_name: 'Stop',
    session_id: session,
    turn_id: stringOf(notification['turn-id']),
    cwd: stringOf(notification['cwd']),
    last_assistant_message: stringOf(notification['last-assistant-message']),
  };
}
