/** Parses output that is meant for people: test results, progress and percentages. */
import { stripVTControlCharacters } from 'node:util';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import { Lines } from './lines.ts';
import type { OutputVerdict, ParsedEvent } from './output-parser.ts';
import { cut } from '../shown-text.ts';
import { Tap } from './tap.ts';
import { TerminalProgress } from './terminal-progress.ts';
import { showCounts, TestSummary } from './test-counts.ts';

/** Longer lines are no summaries. */
const MAX_LINE_CHARS = 2_000;
/** A quick check that rules out most lines before the slower parsers. */
const RELEVANT = /\bok\b|1\.\.|TAP v|Bail out|Tests|pass|fail|pending|skipped|todo|error|%\]/;
/** pytest, after the results of a file: `tests/test_x.py ......  [ 45%]`. */
const PYTEST = /^(\S+) .*\[ *(\d{1,3})%\]$/;

export class TextParser {
  readonly #lines = { stdout: new Lines(MAX_LINE_CHARS), stderr: new Lines(MAX_LINE_CHARS) };
  readonly #progress = { stdout: new TerminalProgress(), stderr: new TerminalProgress() };
  readonly #tap = new Tap();
  readonly #summary = new TestSummary();

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
    const counts = this.#summary.counts ?? this.#tap.counts;
    const message = this.#tap.bailOut ?? (counts && showCounts(counts));
    return { events, ...(message !== undefined && { message }) };
  }

  #parseLine(stream: 'stdout' | 'stderr', colored: string): readonly ParsedEvent[] {
    if (!RELEVANT.test(colored)) return [];
    const line = stripVTControlCharacters(colored).trimEnd();
    this.#summary.parse(line);
    // TAP and pytest's progress are always on stdout
    if (stream === 'stderr') return [];
    const percent = PYTEST.exec(line);
    if (!percent) return this.#tap.parse(line);
    const value = Math.min(Number(percent[2]), 100) / 100;
    const message = cut(percent[1] ?? '', LIMITS.nameChars);
    return [{ type: 'run.progress', data: { value, message } }];
  }
}
