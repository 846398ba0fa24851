/** Which of the known languages a program prints its events in. */
import { ClaudeStream } from '../claude-code/stream-json.ts';
import { CodexStream } from '../codex/exec-json.ts';
import type { JsonObject } from '../json.ts';
import { someText } from '../json.ts';
import type { EventStream } from './listener.ts';

/** Told by its first line; undefined for any other. */
export function eventStreamFor(line: JsonObject): EventStream | undefined {
  const type = someText(line['type']);
  if (type === 'thread.started' && someText(line['thread_id'])) return new CodexStream();
  const isClaude = type === 'system' && someText(line['session_id']) && someText(line['subtype']);
  return isClaude ? new ClaudeStream() : undefined;
}
