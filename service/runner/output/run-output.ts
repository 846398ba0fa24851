/** Turns the bytes that a run prints into events: decoded, gathered for a moment, split where they are too long, and understood. */
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

/** So long a piece waits for more: few events, and still felt as immediate. */
const GATHER_MS = 50;
/** Of one run so many characters are reported; a command that prints for ever must not fill the disk. */
const MAX_RUN_CHARS = 20_000_000;

export interface RunOutputOptions {
  readonly emit: (stream: CommandStream, text: string) => void;
  /** Called with what the output says of the run. */
  readonly say: (said: ParsedEvent) => void;
  /** Default: one that finds out by itself what language the output is. */
  readonly listener?: OutputParser | undefined;
  /** Reports no colours and other control sequences. Default false. */
  readonly isPlain?: boolean;
  readonly maxRunChars?: number;
}

export class RunOutput {
  /** The last lines, whatever was reported. */
  readonly tail = new OutputTail();
  readonly #listener: OutputParser;
  readonly #emit: RunOutputOptions['emit'];
  readonly #say: RunOutputOptions['say'];
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  readonly #plain: Record<CommandStream, PlainOutput> | undefined;
  readonly #maxRunChars: number;
  #stream: CommandStream = 'stdout';
  #gathered = '';
  #timer: NodeJS.Timeout | undefined;
  #chars = 0;

  constructor(options: RunOutputOptions) {
    const { emit, say, listener = new AutoDetectParser(), isPlain = false } = options;
    const { maxRunChars = MAX_RUN_CHARS } = options;
    this.#plain = isPlain ? { stdout: new PlainOutput(), stderr: new PlainOutput() } : undefined;
    this.#listener = listener;
    this.#emit = emit;
    this.#say = say;
    this.#maxRunChars = maxRunChars;
  }

  push(stream: CommandStream, chunk: Buffer): void {
    this.#add(stream, this.#decoders[stream].write(chunk));
  }

  /** Emits what is left; returns how it went by what was printed. */
  end(): OutputVerdict {
    this.#add('stdout', this.#decoders.stdout.end());
    this.#add('stderr', this.#decoders.stderr.end());
    const { events, shown, ...ending } = this.#listener.end();
    for (const one of events) this.#say(one);
    this.#show('stdout', shown);
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#gather(stream, this.#plain?.[stream].end() ?? '');
    }
    this.#flush();
    return ending;
  }

  #add(stream: CommandStream, text: string): void {
    if (text === '') return;
    const { events, shown } = this.#listener.parse(stream, text);
    for (const one of events) this.#say(one);
    this.#show(stream, shown);
  }

  #show(stream: CommandStream, text: string): void {
    if (text === '') return;
    this.tail.push(text);
    this.#gather(stream, this.#plain ? this.#plain[stream].push(text) : text);
  }

  #gather(stream: CommandStream, text: string): void {
    if (text === '') return;
    // one stream's pieces must not overtake the other's
    if (stream !== this.#stream) this.#flush();
    this.#stream = stream;
    this.#gathered += text;
    while (this.#gathered.length >= LIMITS.outputChars) this.#cut();
    if (this.#gathered !== '') this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  #cut(): void {
    const fits = this.#gathered.slice(0, LIMITS.outputChars);
    // a character of two units stays whole
    const piece = /[\ud800-\udbff]$/.test(fits) ? fits.slice(0, -1) : fits;
    this.#gathered = this.#gathered.slice(piece.length);
    this.#report(piece);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#gathered === '') return;
    this.#report(this.#gathered);
    this.#gathered = '';
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
