/** Parses the output of any command: detects JSON events of coding agents, else treats it as text. */
import { lineParserFor } from './stream-formats.ts';
import { parseObject } from '../json.ts';
import { Lines } from './lines.ts';
import type {
  OutputVerdict,
  LineParser,
  ParseResult,
  OutputParser,
  ParsedEvent,
} from './output-parser.ts';
import { TextParser } from './text-parser.ts';

/** Coding agents print whole files on one line. */
const MAX_LINE_CHARS = 16_000_000;
/** A wrapper script may print other lines before the first event. */
const MAX_LINES_BEFORE_EVENTS = 200;

export class AutoDetectParser implements OutputParser {
  readonly #text = new TextParser();
  #lines: Lines | undefined = new Lines(MAX_LINE_CHARS);
  #seen = 0;
  #stream: LineParser | undefined;

  parse(stream: 'stdout' | 'stderr', text: string): ParseResult {
    const lines = stream === 'stdout' ? this.#lines?.push(text) : undefined;
    const events = lines?.flatMap((line) => this.#parseLine(line)) ?? [];
    if (!this.#stream) return { events: this.#text.parse(stream, text), shown: text };
    return { events, shown: stream === 'stdout' ? '' : text };
  }

  end(): ParseResult & OutputVerdict {
    const events = this.#lines?.end().flatMap((line) => this.#parseLine(line)) ?? [];
    const ending = this.#stream ? { events, ...this.#stream.end() } : this.#text.end();
    return { ...ending, shown: '' };
  }

  #parseLine(line: string): readonly ParsedEvent[] {
    if (!this.#lines) return [];
    const object = parseObject(line);
    if (object) this.#stream ??= lineParserFor(object);
    if (this.#stream) return object ? this.#stream.parse(object) : [];
    if (line.trim() !== '') this.#seen += 1;
    if (this.#seen === MAX_LINES_BEFORE_EVENTS) this.#lines = undefined;
    return [];
  }
}
