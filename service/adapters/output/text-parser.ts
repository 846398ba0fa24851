/** Parses output that is meant for people: test results, progress and percentages. */
import { stripVTControlCharacters } from 'node:util';
import { Lines } from './lines.ts';
import type { OutputVerdict, ParsedEvent } from './output-parser.ts';
import { TerminalProgress } from './terminal-progress.ts';
import type { TestCounts } from './test-counts.ts';
import { addCounts, hasFailures, showCounts } from './test-counts.ts';
import { parseSummaryLine } from './test-formats.ts';
import { TestOutput } from './test-output.ts';

/** Longer lines are no summaries. */
const MAX_LINE_CHARS = 2_000;
/** A quick check that rules out most lines before the slower parsers. */
const RELEVANT =
  /\bok\b|1\.\.|TAP v|Bail out|[Tt]ests?\b|[Pp]ass|PASS|[Ff]ail|FAIL|pending|[Ss]kip|SKIP|todo|cancelled|[Ee]rror|%\]|overage|examples?,|total:|succeeded:/;
/**
 * What is in front of each line where several programs print side by side: turbo (`web:test: `), pnpm
 * (`packages/web test: `), docker compose (`web-1  | `), concurrently (`[web] `).
 */
const PREFIX =
  /^(?:[\w@./-]{1,100}:[\w:.-]{1,60}: |[\w@./-]{1,100} [\w:.-]{1,60}: |[\w.-]{1,60} {1,40}\| |\[[\w@./:-]{1,60}\] )/;
const TAP_OR_PERCENT = /^(?:not )?ok\b|^1\.\.|^TAP v|^Bail out|%\]$/;
/** More programs side by side share one. */
const MAX_SOURCES = 100;

export class TextParser {
  readonly #lines = { stdout: new Lines(MAX_LINE_CHARS), stderr: new Lines(MAX_LINE_CHARS) };
  readonly #progress = { stdout: new TerminalProgress(), stderr: new TerminalProgress() };
  /** By the prefix of their lines. */
  readonly #sources = new Map([['', new TestOutput()]]);

  parse(stream: 'stdout' | 'stderr', text: string): readonly ParsedEvent[] {
    const lines = this.#lines[stream].push(text);
    return [
      ...this.#progress[stream].parse(text),
      ...lines.flatMap((line) => this.#parseLine(stream, line)),
    ];
  }

  end(): { readonly events: readonly ParsedEvent[] } & OutputVerdict {
    const { stdout, stderr } = this.#lines;
    const events = [
      ...stdout.end().flatMap((line) => this.#parseLine('stdout', line)),
      ...stderr.end().flatMap((line) => this.#parseLine('stderr', line)),
    ];
    const sources = [...this.#sources.values()];
    const bailOut = sources.flatMap((source) => source.bailOut ?? [])[0];
    if (bailOut !== undefined) return { events, message: bailOut, explainsFailure: true };
    const counted = sources.flatMap(({ counts }) => counts ?? []);
    if (counted.length === 0) return { events };
    const counts = counted.reduce<TestCounts>(addCounts, {});
    return { events, message: showCounts(counts), explainsFailure: hasFailures(counts) };
  }

  #parseLine(stream: 'stdout' | 'stderr', colored: string): readonly ParsedEvent[] {
    if (!RELEVANT.test(colored)) return [];
    const line = stripVTControlCharacters(colored).trimEnd();
    const whole = parseSummaryLine(line);
    if (whole) {
      this.#source('').addSummary(whole);
      return [];
    }
    const prefix = PREFIX.exec(line)?.[0];
    const rest = prefix === undefined ? undefined : line.slice(prefix.length);
    const summary = rest === undefined ? undefined : parseSummaryLine(rest);
    if (summary) {
      this.#source(prefix ?? '').addSummary(summary);
      return [];
    }
    // TAP and pytest's progress are always on stdout
    if (stream === 'stderr') return [];
    const events = this.#source('').parse(line);
    if (events.length > 0 || prefix === undefined || rest === undefined) return events;
    return TAP_OR_PERCENT.test(rest) ? this.#source(prefix).parse(rest) : [];
  }

  #source(prefix: string): TestOutput {
    const key = this.#sources.has(prefix) || this.#sources.size < MAX_SOURCES ? prefix : '';
    const source = this.#sources.get(key) ?? new TestOutput();
    this.#sources.set(key, source);
    return source;
  }
}
