/** What can be told from the output of programs that print for people. */
import { stripVTControlCharacters } from 'node:util';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import { Lines } from './lines.ts';
import type { Ending, Said } from './listener.ts';
import { cut } from '../shown-text.ts';
import { Tap } from './tap.ts';
import { TerminalProgress } from './terminal-progress.ts';
import { showCounts, TestSummary } from './test-counts.ts';

/** A summary is short. */
const MAX_LINE_CHARS = 2_000;
/** A line that could say something has one of these; most lines of most programs don't. */
const TELLING = /\bok\b|1\.\.|TAP v|Bail out|Tests|pass|fail|pending|skipped|todo|error|%\]/;
/** pytest, behind the results of a file: `tests/test_x.py ......  [ 45%]`. */
const PYTEST = /^(\S+) .*\[ *(\d{1,3})%\]$/;

export class TextListener {
  readonly #lines = { stdout: new Lines(MAX_LINE_CHARS), stderr: new Lines(MAX_LINE_CHARS) };
  readonly #progress = { stdout: new TerminalProgress(), stderr: new TerminalProgress() };
  readonly #tap = new Tap();
  readonly #summary = new TestSummary();

  hear(stream: 'stdout' | 'stderr', text: string): readonly Said[] {
    const lines = this.#lines[stream].push(text);
    return [
      ...this.#progress[stream].hear(text),
      ...lines.flatMap((line) => this.#hearLine(stream, line)),
    ];
  }

  end(): { readonly said: readonly Said[] } & Ending {
    const { stdout, stderr } = this.#lines;
    const said = [
      ...stdout.end().flatMap((line) => this.#hearLine('stdout', line)),
      ...stderr.end().flatMap((line) => this.#hearLine('stderr', line)),
    ];
    const counts = this.#summary.counts ?? this.#tap.counts;
    const message = this.#tap.bailOut ?? (counts && showCounts(counts));
    return { said, ...(message !== undefined && { message }) };
  }

  #hearLine(stream: 'stdout' | 'stderr', colored: string): readonly Said[] {
    if (!TELLING.test(colored)) return [];
    const line = stripVTControlCharacters(colored).trimEnd();
    this.#summary.hear(line);
    // diagnostics go to stderr, the protocol itself never does
    if (stream === 'stderr') return [];
    const percent = PYTEST.exec(line);
    if (!percent) return this.#tap.hear(line);
    const value = Math.min(Number(percent[2]), 100) / 100;
    const message = cut(percent[1] ?? '', LIMITS.nameChars);
    return [{ type: 'run.progress', data: { value, message } }];
  }
}
