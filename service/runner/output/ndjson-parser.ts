/** Commands that print our own events, one JSON object a line: `{"type": "run.progress", "data": {"value": 0.4}}`. */
import type {
  OutputVerdict,
  ParseResult,
  OutputParser,
  ParsedEvent,
} from '../../adapters/output/output-parser.ts';
import { parseObject } from '../../adapters/json.ts';
import { Lines } from '../../adapters/output/lines.ts';
import { parseRunEvent } from '../socket/run-request.ts';

/** As the socket of a run takes. */
const MAX_LINE_CHARS = 200_000;

/** What is no event is output, and what could be one but is not valid is shown together with the reason. */
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
    const event = parseObject(line);
    const type = event?.['type'];
    const read = typeof type === 'string' ? parseRunEvent(type, event?.['data'] ?? {}) : undefined;
    if (typeof read === 'object') events.push(read);
    else shown += read === undefined ? `${line}\n` : `${line}\n[agentlight] ${read}\n`;
  }
  return { events, shown };
}
