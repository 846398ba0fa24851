/** Summaries of test runners, alone, together and behind the prefixes of programs that run several. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextParser } from '../../service/adapters/output/text-parser.ts';

function parseOutput(text: string, pieceChars = text.length) {
  const parser = new TextParser();
  for (let at = 0; at < text.length; at += pieceChars) {
    parser.parse('stdout', text.slice(at, at + pieceChars));
  }
  const { message, explainsFailure } = parser.end();
  return { message, explainsFailure };
}

const lines = (...texts: string[]) => texts.map((text) => `${text}\n`).join('');

/** What each runner prints, and what a person reads of it. */
const SUMMARIES: readonly (readonly [name: string, text: string, message: string | undefined])[] = [
  [
    'vitest',
    ' Test Files  1 failed | 22 passed (23)\n      Tests  3 failed | 253 passed (256)\n',
    '3 failed, 253 passed',
  ],
  [
    'vitest in colours',
    '\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[32m12 passed\u001b[39m\u001b[22m\u001b[90m (12)\u001b[39m\n',
    '12 passed',
  ],
  [
    'vitest, a file that does not compile',
    ' Test Files  1 failed | 1 passed (2)\n      Tests  5 passed (5)\n',
    '1 suite failed, 5 passed',
  ],
  [
    'vitest, an unhandled error',
    ' Test Files  1 passed (1)\n      Tests  5 passed (5)\n     Errors  1 error\n',
    '1 error, 5 passed',
  ],
  [
    'jest',
    'Test Suites: 1 failed, 1 passed, 2 total\nTests:       1 failed, 2 skipped, 5 passed, 8 total\n',
    '1 failed, 5 passed, 2 skipped',
  ],
  [
    'jest, a suite that does not compile',
    'Test Suites: 2 failed, 1 passed, 3 total\nTests:       1 failed, 2 passed, 3 total\n',
    '1 failed, 2 suites failed, 2 passed',
  ],
  [
    'jest, no suite that compiles',
    'Test Suites: 1 failed, 1 total\nTests:       0 total\n',
    '1 suite failed, 0 passed',
  ],
  [
    'jest, coverage below the threshold',
    'Tests:       2 passed, 2 total\nJest: "global" coverage threshold for lines (90%) not met: 50%\n',
    'coverage below its threshold, 2 passed',
  ],
  [
    'vitest, coverage below the threshold',
    '      Tests  2 passed (2)\nERROR: Coverage for lines (50%) does not meet global threshold (90%)\n',
    'coverage below its threshold, 2 passed',
  ],
  [
    'pytest-cov',
    'FAIL Required test coverage of 90% not reached. Total coverage: 50.00%\n==== 2 passed in 0.10s ====\n',
    'coverage below its threshold, 2 passed',
  ],
  [
    'pytest',
    '=== 1 failed, 5 passed, 2 skipped, 1 error, 3 warnings in 3.42s ===\n',
    '2 failed, 5 passed, 2 skipped',
  ],
  ['pytest, quiet', '5 passed in 0.01s\n', '5 passed'],
  ['pytest, a file that can’t be collected', '=== 1 error in 0.05s ===\n', '1 failed, 0 passed'],
  [
    'pytest-xdist -v',
    '[gw0] [ 50%] PASSED tests/test_a.py::test_a \n[gw1] [100%] FAILED tests/test_b.py::test_b \n=== 1 failed, 1 passed in 1.20s (0:01:01) ===\n',
    '1 failed, 1 passed',
  ],
  ['mocha', '  5 passing (20ms)\n  2 pending\n  1 failing\n', '1 failed, 5 passed, 2 skipped'],
  [
    'node:test',
    'ℹ tests 14\nℹ suites 0\nℹ pass 12\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\n',
    '1 failed, 12 passed, 1 skipped',
  ],
  [
    'node:test, a test that took too long',
    'ℹ pass 2\nℹ fail 0\nℹ cancelled 1\nℹ skipped 2\nℹ todo 0\n',
    '1 cancelled, 2 passed, 2 skipped',
  ],
  [
    'node:test, coverage below the threshold',
    'ℹ pass 2\nℹ fail 0\nℹ Error: 66.67% line coverage does not meet threshold of 90%.\n',
    'coverage below its threshold, 2 passed',
  ],
  [
    'node:test as TAP, as in version 18',
    'TAP version 13\n# Subtest: a\nok 1 - a\n  ---\n  duration_ms: 1\n  ...\nnot ok 2 - b\n1..2\n# tests 2\n# pass 1\n# fail 1\n# cancelled 0\n# skipped 0\n# todo 1\n',
    '1 failed, 1 passed, 1 skipped',
  ],
  [
    'tape',
    'TAP version 13\n# a\nok 1 is right\nnot ok 2 is wrong\n\n1..2\n# tests 2\n# pass  1\n# fail  1\n',
    '1 failed, 1 passed',
  ],
  [
    'TAP with the plan at its end',
    'ok 1 - a\nnot ok 2 - b\nok 3 # SKIP\n1..3\n',
    '1 failed, 1 passed, 1 skipped',
  ],
  ['two programs that print TAP', '1..1\nnot ok 1\n1..2\nok 1\nok 2\n', '1 failed, 2 passed'],
  [
    'two programs that print TAP with the plan at its end',
    'ok 1 - a\nnot ok 2 - b\n1..2\nok 1 - c\n1..1\n',
    '1 failed, 2 passed',
  ],
  [
    'cargo, two crates',
    'test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured\ntest result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured\n',
    '1 failed, 6 passed, 1 skipped',
  ],
  [
    'cargo nextest',
    '     Summary [   0.031s] 5 tests run: 2 passed (1 slow), 1 failed, 1 timed out, 1 exec failed, 3 skipped\n',
    '3 failed, 2 passed, 3 skipped',
  ],
  [
    'cargo nextest, stopped early',
    '     Summary [   1.0s] 2/9 tests run: 1 passed, 1 failed, 0 skipped\n',
    '1 failed, 1 passed',
  ],
  [
    'go test',
    '--- FAIL: TestB (0.00s)\n    b_test.go:5: no\n--- FAIL: TestC (0.00s)\nFAIL\nFAIL\texample.com/b\t0.002s\nok  \texample.com/a\t0.001s\nok  \texample.com/c\t(cached)\n?   \texample.com/d\t[no test files]\nFAIL\n',
    '2 failed, 2 passed',
  ],
  [
    'go test -v',
    '=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- PASS: TestA/sub (0.00s)\n--- SKIP: TestB (0.00s)\n--- FAIL: TestC (0.00s)\nFAIL\nFAIL\texample.com/a\t0.002s\n',
    '1 failed, 1 passed, 1 skipped',
  ],
  [
    'go test -v, a package that does not compile',
    'FAIL\texample.com/a [build failed]\n--- PASS: TestB (0.00s)\nPASS\nok  \texample.com/b\t0.002s\n',
    '1 suite failed, 1 passed',
  ],
  [
    'go test, only a package that does not compile',
    'FAIL\texample.com/a [build failed]\nFAIL\n',
    '1 failed, 0 passed',
  ],
  ['rspec', '5 examples, 1 failure, 2 pending\n', '1 failed, 2 passed, 2 skipped'],
  [
    'rspec, a file that does not load',
    '0 examples, 0 failures, 1 error occurred outside of examples\n',
    '1 error, 0 passed',
  ],
  [
    'minitest',
    '5 runs, 10 assertions, 1 failures, 1 errors, 1 skips\n',
    '2 failed, 2 passed, 1 skipped',
  ],
  ['PHPUnit', 'OK (5 tests, 10 assertions)\n', '5 passed'],
  ['PHPUnit, one test', 'OK (1 test, 1 assertion)\n', '1 passed'],
  [
    'PHPUnit, failures',
    'FAILURES!\nTests: 8, Assertions: 10, Errors: 1, Failures: 2, Warnings: 1, Skipped: 1, Incomplete: 1, Risky: 1.\n',
    '3 failed, 3 passed, 2 skipped',
  ],
  ['Pest', '  Tests:    1 failed, 5 passed (12 assertions)\n', '1 failed, 5 passed'],
  [
    'dotnet test, two projects',
    'Passed!  - Failed:     0, Passed:     3, Skipped:     0, Total:     3, Duration: 2 ms - A.dll (net8.0)\nFailed!  - Failed:     1, Passed:     5, Skipped:     2, Total:     8, Duration: 9 ms - B.dll (net8.0)\n',
    '1 failed, 8 passed, 2 skipped',
  ],
  [
    'dotnet test 9',
    'Test summary: total: 6, failed: 1, succeeded: 5, skipped: 0, duration: 1.2s\n',
    '1 failed, 5 passed',
  ],
  ['dotnet test, older', 'Total tests: 6\n     Passed: 5\n     Failed: 1\n', '1 failed, 5 passed'],
  [
    'dotnet test, newest',
    'Test run summary: Failed!\n  total: 6\n  failed: 1\n  succeeded: 4\n  skipped: 1\n',
    '1 failed, 4 passed, 1 skipped',
  ],
  ['ctest', '83% tests passed, 1 tests failed out of 6\n', '1 failed, 5 passed'],
  ['bats', '5 tests, 1 failure, 2 skipped\n', '1 failed, 2 passed, 2 skipped'],
  ['bats, interrupted', '5 tests, 1 failure, 1 not run\n', '1 failed, 3 passed'],
  ['ExUnit', '2 doctests, 5 tests, 1 failure\n', '1 failed, 6 passed'],
  [
    'Deno',
    'FAILED | 3 passed (2 steps) | 1 failed (1 step) | 1 ignored (12ms)\n',
    '1 failed, 3 passed, 1 skipped',
  ],
  ['Deno, all well', 'ok | 3 passed | 0 failed (5ms)\n', '3 passed'],
  [
    'Bun',
    ' 5 pass\n 1 skip\n 1 todo\n 2 fail\n 3 expect() calls\nRan 9 tests across 1 file. [12.00ms]\n',
    '2 failed, 5 passed, 2 skipped',
  ],
  ['Bun, an error outside of tests', ' 5 pass\n 0 fail\n 1 error\n', '1 error, 5 passed'],
  ['prose', 'We passed 12 tests and 3 failed\nTests are good\nok then\n', undefined],
];

test.each(SUMMARIES)('%s', (_name, text, message) => {
  expect(parseOutput(text).message).toBe(message);
  expect(parseOutput(text, 5).message).toBe(message);
});

test.each(SUMMARIES)('%s: only a message with a failure explains one', (_name, text, message) => {
  const expected = message === undefined ? undefined : /failed|error|cancelled|below/.test(message);
  expect(parseOutput(text).explainsFailure).toBe(expected);
});

describe.each([
  ['turbo', '@acme/web:test: '],
  ['pnpm', 'packages/web test: '],
  ['docker compose', 'web-1  | '],
  ['concurrently', '[web] '],
])('%s', (_name, prefix) => {
  test.each(SUMMARIES)('%s', (_runner, text, message) => {
    const prefixed = text.replace(/^(?=.)/gm, prefix);
    expect(parseOutput(prefixed).message).toBe(message);
  });

  test('the lines of two programs are told apart', () => {
    const other = prefix.replace('web', 'api');
    const text = lines(
      `${prefix}ℹ pass 2`,
      `${other}ℹ pass 3`,
      `${prefix}ℹ fail 1`,
      `${other}ℹ fail 0`,
    );
    expect(parseOutput(text).message).toBe('1 failed, 5 passed');
  });
});

test('any summaries of one command add up, and a failure stays visible', () => {
  const known = SUMMARIES.filter(([, , message]) => message !== undefined);
  const numberOf = (message: string | undefined, what: string) =>
    Number(new RegExp(`(\\d+) ${what}`).exec(message ?? '')?.[1] ?? 0);
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.constantFrom(...known), (one, two) => {
      // go test counts packages only where it prints no single tests
      const isGo = ([name]: (typeof known)[number]) => name.startsWith('go test');
      fc.pre(!isGo(one) || !isGo(two) || one === two);
      const both = parseOutput(one[1] + two[1]);
      const passed = numberOf(one[2], 'passed') + numberOf(two[2], 'passed');
      expect(numberOf(both.message, 'passed')).toBe(passed);
      const either = parseOutput(one[1]).explainsFailure || parseOutput(two[1]).explainsFailure;
      expect(both.explainsFailure).toBe(either);
    }),
  );
});

test('a long line takes time that is linear in its length', () => {
  const pieces = ['1 failed | ', 'coverage threshold ', ', 1 ', '[ ', ' in 1', ' # ', 'a: ', '- '];
  for (const piece of pieces) {
    const line = `${piece.repeat(1_900 / piece.length)}passed test error %]`;
    const startedMs = performance.now();
    for (let count = 0; count < 1_000; count += 1) parseOutput(`Tests:  ${line}\n`);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  }
});
