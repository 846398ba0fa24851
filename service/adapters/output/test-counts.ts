/** What the summaries of test runners count. */
export type CountName =
  | 'failed'
  | 'suitesFailed'
  | 'errors'
  | 'cancelled'
  | 'lowCoverage'
  | 'passed'
  | 'skipped';

export type TestCounts = Readonly<Partial<Record<CountName, number>>>;

const FAILURES: readonly CountName[] = [
  'failed',
  'suitesFailed',
  'errors',
  'cancelled',
  'lowCoverage',
];

export function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  const sum = { ...a };
  for (const [name, count] of Object.entries(b) as [CountName, number][]) {
    sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/** Whether anything but passed and skipped tests was counted. */
export function hasFailures(counts: TestCounts): boolean {
  return FAILURES.some((name) => (counts[name] ?? 0) > 0);
}

/** Failures first: `2 failed, 1 suite failed, 40 passed, 1 skipped`. */
export function showCounts(counts: TestCounts): string {
  const count = (name: CountName) => counts[name] ?? 0;
  const many = (name: CountName, one: string, several: string) =>
    `${count(name)} ${count(name) === 1 ? one : several}`;
  const words: Record<CountName, string> = {
    failed: `${count('failed')} failed`,
    suitesFailed: many('suitesFailed', 'suite failed', 'suites failed'),
    errors: many('errors', 'error', 'errors'),
    cancelled: `${count('cancelled')} cancelled`,
    lowCoverage: 'coverage below its threshold',
    passed: `${count('passed')} passed`,
    skipped: `${count('skipped')} skipped`,
  };
  return [...FAILURES, 'passed' as const, 'skipped' as const]
    .filter((name) => name === 'passed' || count(name) > 0)
    .map((name) => words[name])
    .join(', ');
}
