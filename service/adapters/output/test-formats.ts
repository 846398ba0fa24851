/** The summary lines of test runners. Every pattern takes time that is linear in the length of the line. */
import type { CountName } from './test-counts.ts';

/** Go reports packages, and single tests only with `-v`. */
export type RawName = CountName | 'packagesPassed' | 'packagesFailed';
export type RawCounts = Readonly<Partial<Record<RawName, number>>>;

export interface SummaryLine {
  readonly tool: string;
  /** A summary has each of its lines once, so the same key again begins the next summary. `null`: any number. */
  readonly key: string | null;
  readonly counts: RawCounts;
}

interface Format {
  readonly tool: string;
  readonly line: RegExp;
  /** What else must be in the line. */
  readonly and?: RegExp;
  /** Default: the name of the tool. */
  readonly key?: ((match: RegExpExecArray) => string) | null;
  readonly read: (match: RegExpExecArray, line: string) => RawCounts;
}

const WORDS: Readonly<Record<string, CountName>> = {
  passed: 'passed',
  passing: 'passed',
  pass: 'passed',
  xpassed: 'passed',
  succeeded: 'passed',
  failed: 'failed',
  failing: 'failed',
  fail: 'failed',
  failure: 'failed',
  failures: 'failed',
  error: 'failed',
  errors: 'failed',
  // cargo nextest: "1 timed out", "1 exec failed"
  timed: 'failed',
  exec: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
  skips: 'skipped',
  skip: 'skipped',
  pending: 'skipped',
  todo: 'skipped',
  xfailed: 'skipped',
  ignored: 'skipped',
  deselected: 'skipped',
  incomplete: 'skipped',
};

/** `3 failed | 250 passed`, `1 failed, 5 passed, 6 total` and the like. */
const NUMBER_FIRST = /\b(\d{1,9}) ([a-z]+)/g;
/** `Failed: 1, Passed: 5` and the like. */
const WORD_FIRST = /\b([a-z]+): {1,9}(\d{1,9})/gi;

const countsIn = (line: string): RawCounts =>
  sum([...line.matchAll(NUMBER_FIRST)].map(([, number, word]) => [word, number]));

const namedCountsIn = (line: string): RawCounts =>
  sum([...line.matchAll(WORD_FIRST)].map(([, word, number]) => [word, number]));

/** For summaries that say how many there were, and how many did not pass. */
const passedOf = (total: string | undefined, rest: RawCounts): RawCounts => {
  const others = (rest.failed ?? 0) + (rest.skipped ?? 0);
  return { ...rest, passed: Math.max(Number(total) - others, 0) };
};

const oneWord = (number: string | undefined, word: string | undefined) => sum([[word, number]]);

const FORMATS: readonly Format[] = [
  // vitest: "  Test Files  1 failed | 22 passed (23)"; jest: "Test Suites: 1 failed, 1 passed, 2 total"
  {
    tool: 'vitest',
    key: () => 'suites',
    line: /^\s*Test (?:Files|Suites:)\s+\d+ (?:failed|passed|skipped|todo|pending)\b/,
    read: (_match, line) => ({ suitesFailed: countsIn(line).failed ?? 0 }),
  },
  // vitest: "      Tests  3 failed | 253 passed (256)"; jest: "Tests:       1 failed, 5 passed, 6 total"
  {
    tool: 'vitest',
    key: () => 'tests',
    line: /^\s*Tests:?\s{2,}\d+ (?:failed|passed|skipped|todo|pending)\b/,
    read: (_match, line) => countsIn(line),
  },
  // vitest, for errors outside of tests: "     Errors  1 error"
  {
    tool: 'vitest',
    key: () => 'errors',
    line: /^\s*(?:Type )?Errors\s{2,}(\d{1,9}) errors?$/,
    read: ([, number]) => ({ errors: Number(number) }),
  },
  // pytest: "==== 1 failed, 5 passed, 2 skipped in 3.42s ====", without the signs with --quiet
  {
    tool: 'pytest',
    line: /^=*\s?\d+ (?:failed|passed|skipped|errors?|xfailed|xpassed|deselected|warnings?)\b.* in \d[\d.]*s\b/,
    read: (_match, line) => countsIn(line),
  },
  // mocha: "  5 passing (20ms)", "  1 failing", "  2 pending"
  {
    tool: 'mocha',
    key: ([, , word]) => word ?? '',
    line: /^ {2}(\d{1,9}) (passing|failing|pending)(?: \([^)]*\))?$/,
    read: ([, number, word]) => oneWord(number, word),
  },
  // node:test: "ℹ pass 12"
  {
    tool: 'node',
    key: ([, word]) => word ?? '',
    line: /^ℹ (tests|pass|fail|cancelled|skipped|todo) (\d{1,9})$/,
    read: ([, word, number]) => oneWord(number, word),
  },
  // below TAP, by node:test: "# pass 12", and by tape: "# pass  12"
  {
    tool: 'tap',
    key: ([, word]) => word ?? '',
    line: /^# (tests|pass|fail|cancelled|skipped|todo) {1,4}(\d{1,9})$/,
    read: ([, word, number]) => oneWord(number, word),
  },
  // cargo, one line per crate: "test result: FAILED. 4 passed; 1 failed; 0 ignored; …"
  {
    tool: 'cargo',
    line: /^test result: (?:ok|FAILED)\. \d+ passed; \d+ failed; \d+ ignored/,
    read: (_match, line) => countsIn(line),
  },
  // cargo nextest: "     Summary [   0.031s] 3 tests run: 2 passed (1 slow), 1 failed, 0 skipped"
  {
    tool: 'nextest',
    line: /^\s*Summary \[[^\]]*\] [\d/]+ tests? run: /,
    read: (_match, line) => countsIn(line),
  },
  // rspec: "5 examples, 1 failure, 2 pending, 1 error occurred outside of examples"
  {
    tool: 'rspec',
    line: /^(\d{1,9}) examples?, \d+ failures?(.*)$/,
    read: ([, total], line) => {
      const [inExamples = '', outside] = line.split(/, (?=\d+ errors? occurred)/);
      const errors = outside === undefined ? {} : { errors: Number.parseInt(outside, 10) };
      return { ...passedOf(total, countsIn(inExamples)), ...errors };
    },
  },
  // minitest: "5 runs, 10 assertions, 1 failures, 0 errors, 1 skips"
  {
    tool: 'minitest',
    line: /^(\d{1,9}) runs, \d+ assertions, \d+ failures, \d+ errors, \d+ skips$/,
    read: ([, total], line) => passedOf(total, countsIn(line)),
  },
  // bats: "5 tests, 1 failure, 2 skipped"; ExUnit: "2 doctests, 5 tests, 1 failure, 1 skipped"
  {
    tool: 'bats',
    line: /^(?:(\d{1,9}) doctests?, )?(\d{1,9}) tests?, \d+ failures?(?:, \d+ [a-z ]+)*$/,
    read: ([, doctests = '0', tests], line) => {
      const notRun = Number(/, (\d+) not run/.exec(line)?.[1] ?? 0);
      return passedOf(String(Number(doctests) + Number(tests) - notRun), countsIn(line));
    },
  },
  // PHPUnit: "OK (5 tests, 10 assertions)", or "Tests: 5, Assertions: 10, Failures: 1, Skipped: 2."
  {
    tool: 'phpunit',
    line: /^OK \((\d{1,9}) tests?, \d+ assertions?\)$/,
    read: ([, passed]) => ({ passed: Number(passed) }),
  },
  {
    tool: 'phpunit',
    line: /^Tests: (\d{1,9}), Assertions: \d/,
    read: ([, total], line) => passedOf(total, namedCountsIn(line)),
  },
  // dotnet, per project: "Failed!  - Failed:     1, Passed:     5, Skipped:     0, Total:     6, Duration: 9 ms - X.dll"
  {
    tool: 'dotnet',
    line: /^(?:Passed|Failed|Skipped)! {1,4}- Failed: {1,9}\d+, Passed: [^D]*/,
    read: ([counts = '']) => namedCountsIn(counts),
  },
  // dotnet 9: "Test summary: total: 6, failed: 1, succeeded: 5, skipped: 0, duration: 1.2s"
  {
    tool: 'dotnet',
    line: /^\s*Test summary: total: \d+, failed: /,
    read: (_match, line) => namedCountsIn(line),
  },
  // dotnet, one per line: "     Passed: 5", or "  succeeded: 5"
  {
    tool: 'dotnet',
    key: ([, word = '']) => word.toLowerCase(),
    line: /^ {2,}(total|passed|succeeded|failed|skipped): (\d{1,9})$/i,
    read: ([, word, number]) => oneWord(number, word?.toLowerCase()),
  },
  // ctest: "83% tests passed, 1 tests failed out of 6"
  {
    tool: 'ctest',
    line: /^\d{1,3}% tests passed, (\d{1,9}) tests? failed out of (\d{1,9})$/,
    read: ([, failed, total]) => passedOf(total, { failed: Number(failed) }),
  },
  // Deno: "FAILED | 3 passed (2 steps) | 1 failed | 1 ignored (12ms)"
  {
    tool: 'deno',
    line: /^(?:ok|FAILED) \| \d+ passed\b/,
    read: (_match, line) => countsIn(line),
  },
  // Bun: " 5 pass", " 1 skip", " 2 fail", " 1 error"
  {
    tool: 'bun',
    key: ([, , word]) => word ?? '',
    line: /^ (\d{1,9}) (pass|skip|todo|fail|errors?)$/,
    read: ([, number, word = '']) =>
      word.startsWith('error') ? { errors: Number(number) } : oneWord(number, word),
  },
  // go test: "--- FAIL: TestX (0.00s)", and "ok  \tpackage\t0.2s" or "FAIL\tpackage [build failed]"
  {
    tool: 'go',
    key: null,
    line: /^--- (PASS|FAIL|SKIP): \S+ \(\d/,
    read: ([, result]) => oneWord('1', { PASS: 'pass', FAIL: 'fail', SKIP: 'skip' }[result ?? '']),
  },
  {
    tool: 'go',
    key: null,
    line: /^(ok {2}|FAIL)\t\S+(?:\t\(cached\)|\t\d|\s\[)/,
    read: ([, result]) => (result === 'FAIL' ? { packagesFailed: 1 } : { packagesPassed: 1 }),
  },
  // jest, vitest, c8, nyc, node:test and pytest-cov
  {
    tool: 'coverage',
    line: / (?:not met|not meet|not reached|is less than fail-under)\b/,
    and: /\bcoverage\b/i,
    read: () => ({ lowCoverage: 1 }),
  },
];

/** Undefined for any other line. @param line without control sequences and blanks at its end. */
export function parseSummaryLine(line: string): SummaryLine | undefined {
  for (const { tool, line: pattern, and, key = () => tool, read } of FORMATS) {
    const match = pattern.exec(line);
    if (match && (and?.test(line) ?? true)) {
      return { tool, key: key && key(match), counts: read(match, line) };
    }
  }
  return undefined;
}

function sum(found: readonly (readonly [word: string | undefined, number: string | undefined])[]) {
  const counts: Partial<Record<CountName, number>> = {};
  for (const [word = '', number] of found) {
    const name = Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : undefined;
    if (name) counts[name] = (counts[name] ?? 0) + Number(number);
  }
  return counts;
}
