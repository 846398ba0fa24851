/** Parses output that contains our own events, one JSON object per line: `{"type": "run.progress", "data": {…}}`. */
import type {
  OutputVerdict,
  ParseResult,
  OutputParser,
  ParsedEvent,
} from '../../adapters/output/output-parser.ts';
import { parseObject } from '../../adapters/json.ts';
import { Lines } from '../../adapters/output/lines.ts';
import { parseRunEvent } from '../socket/run-request.ts';

/** The same limit as for the socket of a run. */
const MAX_LINE_CHARS = 200_000;

/** Other lines are output. An invalid event is shown together with the reason. */
export class NdjsonParser implements OutputParser {
  readonly #lines = new Lines(MAX_LINE_CHARS);

  parse(stream: 'stdout' | 'stderr', text: string): ParseResult {
    return stream === 'stderr' ? { events: [], shown: text } : parseLines(this.#lines.push(text));
  }

  end(): ParseResult & OutputVerdict {
    return parseLines(this.#lines.end());
  }
}

function parseLines(lines: readonly string[]): ParseResult {
  const events: ParsedEvent[] = [];
  let shown = '';
  for (const line of lines) {
    const object = parseObject(line);
    const type = object?.['type'];
    const event =
      typeof type === 'string' ? parseRunEvent(type, object?.['data'] ?? {}) : undefined;
    if (typeof event === 'object') events.push(event);
    else shown += event === undefined ? `${line}\n` : `${line}\n[agentlight] ${event}\n`;
  }
  return { events, shown };
}
