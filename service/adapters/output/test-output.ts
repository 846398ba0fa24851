/** Parses the test results of one program: summaries, TAP and pytest's progress. */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import { cut } from '../shown-text.ts';
import type { ParsedEvent } from './output-parser.ts';
import { Tap } from './tap.ts';
import type { TestCounts } from './test-counts.ts';
import { addCounts } from './test-counts.ts';
import type { SummaryLine } from './test-formats.ts';
import { TestSummary } from './test-summary.ts';

/** pytest, after the results of a file: `tests/test_x.py ......  [ 45%]`. */
const PERCENT = /^(\S+) [^[]*\[ *(\d{1,3})%\]$/;
/** pytest-xdist -v: `[gw0] [ 45%] PASSED tests/test_x.py::test_a`. */
const WORKER_PERCENT = /^\[gw\d{1,4}\] \[ *(\d{1,3})%\] [A-Z]+ (\S+)/;

export class TestOutput {
  readonly #tap = new Tap();
  readonly #summary = new TestSummary();

  get counts(): TestCounts | undefined {
    const [summed, tap] = [this.#summary.counts, this.#tap.counts];
    return summed && tap ? addCounts(summed, tap) : (summed ?? tap);
  }

  get bailOut(): string | undefined {
    return this.#tap.bailOut;
  }

  addSummary(line: SummaryLine): void {
    // the points of this TAP are in its summary, too
    if (line.tool === 'tap') this.#tap.forget();
    this.#summary.add(line);
  }

  parse(line: string): readonly ParsedEvent[] {
    const [, file, share] = PERCENT.exec(line) ?? [];
    if (file !== undefined) return progressOf(share, file);
    const [, workerShare, test] = WORKER_PERCENT.exec(line) ?? [];
    return test === undefined ? this.#tap.parse(line) : progressOf(workerShare, test);
  }
}

function progressOf(percent: string | undefined, name: string): readonly ParsedEvent[] {
  const value = Math.min(Number(percent), 100) / 100;
  return [{ type: 'run.progress', data: { value, message: cut(name, LIMITS.nameChars) } }];
}
