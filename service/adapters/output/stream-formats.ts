/** Which of the known languages a program prints its events in. */
import { ClaudeStream } from '../claude-code/stream-json.ts';
import { CodexStream } from '../codex/exec-json.ts';
import type { JsonObject } from '../json.ts';
import { nonEmptyString } from '../json.ts';
import type { LineParser } from './listener.ts';

/** Told by its first line; undefined for any other. */
export function eventStreamFor(line: JsonObject): LineParser | undefined {
  const type = nonEmptyString(line['type']);
  if (type === 'thread.started' && nonEmptyString(line['thread_id'])) return new CodexStream();
  const isClaude =
    type === 'system' && nonEmptyString(line['session_id']) && nonEmptyString(line['subtype']);
  return isClaude ? new ClaudeStream() : undefined;
}
