/**
 * Parses the output of any command: JSON events of coding agents, and everything before, between and after them as text.
 *
 * A line that begins with `{` is held until it is complete. All other output is passed on at once.
 */
import type { JsonObject } from '../json.ts';
import { parseObject } from '../json.ts';
import type {
  OutputVerdict,
  LineParser,
  ParseResult,
  OutputParser,
  ParsedEvent,
} from './output-parser.ts';
import type { StreamFormat } from './stream-formats.ts';
import { formatOf } from './stream-formats.ts';
import { TextParser } from './text-parser.ts';

/** Coding agents print whole files on one line. */
const MAX_LINE_CHARS = 16_000_000;
/** A wrapper script may print other lines before the first event. */
const MAX_LINES_BEFORE_EVENTS = 200;

interface AgentStream {
  readonly format: StreamFormat;
  readonly session: string;
  readonly parser: LineParser;
  /** Its lines so far, until one confirms the format. */
  unconfirmed: string[] | undefined;
}

export class AutoDetectParser implements OutputParser {
  readonly #text = new TextParser();
  #isDetecting = true;
  #linesBefore = 0;
  /** The line that is held, in pieces; undefined in a line that is passed on. */
  #held: string[] | undefined;
  #heldChars = 0;
  #isLineStart = true;
  #stream: AgentStream | undefined;
  readonly #verdicts: OutputVerdict[] = [];
  #events: ParsedEvent[] = [];
  #shown = '';

  parse(stream: 'stdout' | 'stderr', text: string): ParseResult {
    if (stream === 'stderr' || !this.#isDetecting) {
      return { events: this.#text.parse(stream, text), shown: text };
    }
    for (const piece of text.split(/(?<=\n)/)) this.#parsePiece(piece);
    return this.#takeResult();
  }

  end(): ParseResult & OutputVerdict {
    if (this.#held) this.#parseLine(this.#held.join(''));
    this.#endStream();
    const { events, ...plain } = this.#text.end();
    this.#events.push(...events);
    return { ...this.#takeResult(), ...combine(this.#verdicts, plain) };
  }

  #takeResult(): ParseResult {
    const result = { events: this.#events, shown: this.#shown };
    this.#events = [];
    this.#shown = '';
    return result;
  }

  /** @param piece a part of one line, at most with the line break at its end. */
  #parsePiece(piece: string): void {
    if (this.#isLineStart && piece.startsWith('{') && this.#isDetecting) this.#held = [];
    this.#isLineStart = piece.endsWith('\n');
    if (!this.#held) {
      this.#pass(piece);
    } else {
      this.#held.push(piece);
      this.#heldChars += piece.length;
      if (!this.#isLineStart && this.#heldChars <= MAX_LINE_CHARS) return;
      const line = this.#held.join('');
      this.#held = undefined;
      this.#heldChars = 0;
      this.#parseLine(line);
    }
    if (this.#isLineStart && !this.#stream && this.#verdicts.length === 0) {
      this.#linesBefore += 1;
      this.#isDetecting = this.#linesBefore < MAX_LINES_BEFORE_EVENTS;
    }
  }

  #parseLine(line: string): void {
    const object = parseObject(line);
    if (!object || !this.#parseObject(object, line)) this.#pass(line);
  }

  /** @returns whether it is a line of a stream. */
  #parseObject(object: JsonObject, line: string): boolean {
    const format = formatOf(object);
    const session = format?.sessionOf(object);
    const begins = session !== undefined && session !== this.#stream?.session;
    if (format && begins) {
      this.#endStream();
      this.#stream = { format, session, parser: format.create(), unconfirmed: [] };
    }
    const stream = this.#stream;
    if (!stream) return false;
    const relation = stream.format.relationOf(object, stream.session);
    if (relation === 'foreign') return false;
    if (relation === 'denies') {
      if (!stream.unconfirmed) return false;
      this.#stream = undefined;
      for (const earlier of stream.unconfirmed) this.#pass(earlier);
      return false;
    }
    if (relation === 'confirms') stream.unconfirmed = undefined;
    stream.unconfirmed?.push(line);
    this.#events.push(...stream.parser.parse(object));
    return true;
  }

  #endStream(): void {
    if (this.#stream) this.#verdicts.push(this.#stream.parser.end());
    this.#stream = undefined;
  }

  #pass(text: string): void {
    this.#events.push(...this.#text.parse('stdout', text));
    this.#shown += text;
  }
}

/** The first failure of an agent counts most, then what was printed as text, then the last agent's words. */
function combine(agents: readonly OutputVerdict[], plain: OutputVerdict): OutputVerdict {
  const failure = agents.find(({ failed }) => failed === true);
  const last = agents.findLast(({ failed }) => failed !== undefined);
  if (failure || !last || plain.message === undefined) return failure ?? last ?? plain;
  return { ...plain, failed: false };
}
