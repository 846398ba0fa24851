/** Turns the output of a run into events: decodes and parses it, joins small pieces and splits large ones. */
import { StringDecoder } from 'node:string_decoder';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type {
  OutputVerdict,
  OutputParser,
  ParsedEvent,
} from '../../adapters/output/output-parser.ts';
import { AutoDetectParser } from '../../adapters/output/auto-detect-parser.ts';
import { OutputTail } from './output-tail.ts';
import { PlainOutput } from './plain-output.ts';
import type { CommandStream } from '../process/process.ts';

/** A piece waits so long for more output: fewer events, but no visible delay. */
const JOIN_MS = 50;
/** Limit of reported characters per run, so that an endless output does not fill the disk. */
const MAX_RUN_CHARS = 20_000_000;

export interface RunOutputOptions {
  readonly emit: (stream: CommandStream, text: string) => void;
  /** Called with each event that the parser finds in the output. */
  readonly onEvent: (event: ParsedEvent) => void;
  /** Defaults to a parser that detects the format. */
  readonly parser?: OutputParser | undefined;
  /** Reports the output without control sequences. Defaults to `false`. */
  readonly isPlain?: boolean;
  readonly maxRunChars?: number;
}

export class RunOutput {
  /** The last lines, including those that were not reported. */
  readonly tail = new OutputTail();
  readonly #parser: OutputParser;
  readonly #emit: RunOutputOptions['emit'];
  readonly #onEvent: RunOutputOptions['onEvent'];
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  readonly #plain: Record<CommandStream, PlainOutput> | undefined;
  readonly #maxRunChars: number;
  #stream: CommandStream = 'stdout';
  #pending = '';
  #timer: NodeJS.Timeout | undefined;
  #chars = 0;

  constructor(options: RunOutputOptions) {
    const { emit, onEvent, parser = new AutoDetectParser(), isPlain = false } = options;
    const { maxRunChars = MAX_RUN_CHARS } = options;
    this.#plain = isPlain ? { stdout: new PlainOutput(), stderr: new PlainOutput() } : undefined;
    this.#parser = parser;
    this.#emit = emit;
    this.#onEvent = onEvent;
    this.#maxRunChars = maxRunChars;
  }

  push(stream: CommandStream, chunk: Buffer): void {
    this.#add(stream, this.#decoders[stream].write(chunk));
  }

  /** Emits the rest of the output. Returns the parser's verdict. */
  end(): OutputVerdict {
    this.#add('stdout', this.#decoders.stdout.end());
    this.#add('stderr', this.#decoders.stderr.end());
    const { events, shown, ...verdict } = this.#parser.end();
    for (const event of events) this.#onEvent(event);
    this.#show('stdout', shown);
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#append(stream, this.#plain?.[stream].end() ?? '');
    }
    this.#flush();
    return verdict;
  }

  #add(stream: CommandStream, text: string): void {
    if (text === '') return;
    const { events, shown } = this.#parser.parse(stream, text);
    for (const event of events) this.#onEvent(event);
    this.#show(stream, shown);
  }

  #show(stream: CommandStream, text: string): void {
    if (text === '') return;
    this.tail.push(text);
    this.#append(stream, this.#plain ? this.#plain[stream].push(text) : text);
  }

  #append(stream: CommandStream, text: string): void {
    if (text === '') return;
    // keeps the order between the two streams
    if (stream !== this.#stream) this.#flush();
    this.#stream = stream;
    this.#pending += text;
    while (this.#pending.length >= LIMITS.outputChars) this.#cut();
    if (this.#pending !== '') this.#timer ??= setTimeout(() => this.#flush(), JOIN_MS);
  }

  #cut(): void {
    const fits = this.#pending.slice(0, LIMITS.outputChars);
    // does not split a surrogate pair
    const piece = /[\ud800-\udbff]$/.test(fits) ? fits.slice(0, -1) : fits;
    this.#pending = this.#pending.slice(piece.length);
    this.#report(piece);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending === '') return;
    this.#report(this.#pending);
    this.#pending = '';
  }

  #report(text: string): void {
    const before = this.#chars;
    this.#chars += text.length;
    if (this.#chars <= this.#maxRunChars) {
      this.#emit(this.#stream, text);
    } else if (before <= this.#maxRunChars) {
      const limit = this.#maxRunChars.toLocaleString('en');
      this.#emit('stderr', `\n[agentlight] Output beyond ${limit} characters is not reported.\n`);
    }
  }
}
