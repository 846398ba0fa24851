/** Listens to whatever a command prints, and finds out by itself what language that is. */
import { eventStreamFor } from './stream-formats.ts';
import { parseObject } from '../json.ts';
import { Lines } from './lines.ts';
import type {
  OutputVerdict,
  LineParser,
  ParseResult,
  OutputParser,
  ParsedEvent,
} from './listener.ts';
import { TextListener } from './text-listener.ts';

/** A coding agent says whole files in one line. */
const MAX_LINE_CHARS = 16_000_000;
/** Whatever starts the program may print before it does, but not for ever. */
const MAX_FIRST_LINES = 200;

export class OutputListener implements OutputParser {
  readonly #text = new TextListener();
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
    if (object) this.#stream ??= eventStreamFor(object);
    if (this.#stream) return object ? this.#stream.parse(object) : [];
    if (line.trim() !== '') this.#seen += 1;
    if (this.#seen === MAX_FIRST_LINES) this.#lines = undefined;
    return [];
  }
}
