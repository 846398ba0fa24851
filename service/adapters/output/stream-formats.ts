/** The known formats of JSON event streams. */
import { ClaudeStream } from '../claude-code/stream-json.ts';
import { CodexStream } from '../codex/exec-json.ts';
import type { JsonObject } from '../json.ts';
import { nonEmptyString } from '../json.ts';
import type { LineParser } from './output-parser.ts';

/** The parser for a stream that starts with this line; undefined for an unknown format. */
export function lineParserFor(line: JsonObject): LineParser | undefined {
  const type = nonEmptyString(line['type']);
  if (type === 'thread.started' && nonEmptyString(line['thread_id'])) return new CodexStream();
  const isClaude =
    type === 'system' && nonEmptyString(line['session_id']) && nonEmptyString(line['subtype']);
  return isClaude ? new ClaudeStream() : undefined;
}
