/** The known formats of JSON event streams. A stream is recognised by its own shape, from its first line on. */
import { ClaudeStream } from '../claude-code/stream-json.ts';
import { CodexStream } from '../codex/exec-json.ts';
import type { JsonObject } from '../json.ts';
import { nonEmptyString } from '../json.ts';
import type { LineParser } from './output-parser.ts';

/** How a line relates to a stream. `denies`: it shows that the stream is of another, unknown format. */
type Relation = 'confirms' | 'belongs' | 'denies' | 'foreign';

export interface StreamFormat {
  /** The session that a first line begins; undefined for any other line. */
  readonly sessionOf: (line: JsonObject) => string | undefined;
  readonly relationOf: (line: JsonObject, session: string) => Relation;
  readonly create: () => LineParser;
}

const CLAUDE_MESSAGES: ReadonlySet<string> = new Set(['assistant', 'user', 'result']);
/** Droid begins with the same line as Claude Code and goes on with these. */
const DROID_MESSAGES: ReadonlySet<string> = new Set([
  'message',
  'tool_call',
  'tool_result',
  'completion',
]);

const CLAUDE: StreamFormat = {
  sessionOf: (line) =>
    line['type'] === 'system' && nonEmptyString(line['subtype'])
      ? nonEmptyString(line['session_id'])
      : undefined,
  relationOf({ type, session_id: ofSession = '' }, session) {
    if (CLAUDE_MESSAGES.has(String(type))) return 'confirms';
    if (DROID_MESSAGES.has(String(type))) return ofSession === session ? 'denies' : 'foreign';
    // a newer version may have more types
    return ofSession === session || type === 'rate_limit_event' ? 'belongs' : 'foreign';
  },
  create: () => new ClaudeStream(),
};

const CODEX: StreamFormat = {
  sessionOf: (line) =>
    line['type'] === 'thread.started' ? nonEmptyString(line['thread_id']) : undefined,
  relationOf: ({ type }) =>
    /^(?:thread|turn|item)\.|^error$/.test(String(type)) ? 'confirms' : 'foreign',
  create: () => new CodexStream(),
};

/** The format of a stream that starts with this line; undefined for an unknown format. */
export function formatOf(line: JsonObject): StreamFormat | undefined {
  return [CLAUDE, CODEX].find(({ sessionOf }) => sessionOf(line) !== undefined);
}
