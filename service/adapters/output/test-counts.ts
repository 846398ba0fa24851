/** Parses test counts from the summaries of test runners. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

type Count = keyof TestCounts;

/** Failures first: `2 failed, 40 passed, 1 skipped`. */
export function showCounts({ passed, failed, skipped }: TestCounts): string {
  const parts = [
    failed > 0 ? `${failed} failed` : '',
    `${passed} passed`,
    skipped > 0 ? `${skipped} skipped` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const WORDS: Readonly<Record<string, Count>> = {
  passed: 'passed',
  passing: 'passed',
  pass: 'passed',
  xpassed: 'passed',
  failed: 'failed',
  failing: 'failed',
  fail: 'failed',
  error: 'failed',
  errors: 'failed',
  skipped: 'skipped',
  pending: 'skipped',
  todo: 'skipped',
  xfailed: 'skipped',
  ignored: 'skipped',
  deselected: 'skipped',
};

/** `3 failed | 250 passed`, `1 failed, 5 passed, 6 total` and the like. */
const COUNT = /(\d{1,9}) ([a-z]+)/g;

interface Summary {
  readonly line: RegExp;
  /** How several such lines combine: they are summed, they complete each other, or the last one counts. */
  readonly several: 'add' | 'merge' | 'replace';
}

const SUMMARIES: readonly Summary[] = [
  // vitest: "      Tests  3 failed | 253 passed (256)"; jest: "Tests:       1 failed, 5 passed, 6 total"
  { line: /^\s*Tests:?\s{2,}\d+ (?:failed|passed|skipped|todo|pending)\b/, several: 'replace' },
  // pytest: "==== 1 failed, 5 passed, 2 skipped in 3.42s ====", without the signs with --quiet
  {
    line: /^=*\s?\d+ (?:failed|passed|skipped|errors?|xfailed|xpassed|deselected)\b.* in \d[\d.]*s\b/,
    several: 'replace',
  },
  // mocha: "  5 passing (20ms)", "  1 failing", "  2 pending"
  { line: /^ {2}\d+ (?:passing(?: \(.+\))?|failing|pending)$/, several: 'merge' },
  // cargo, one line per crate: "test result: FAILED. 4 passed; 1 failed; 0 ignored; …"
  { line: /^test result: (?:ok|FAILED)\. \d+ passed; \d+ failed; \d+ ignored/, several: 'add' },
];

/** node:test: "ℹ pass 12", or "# pass 12" in TAP. */
const NODE = /^[ℹ#] (pass|fail|skipped|todo) (\d{1,9})$/;

export class TestSummary {
  #counts: TestCounts | undefined;

  get counts(): TestCounts | undefined {
    return this.#counts;
  }

  /** @param line without control sequences. */
  parse(line: string): void {
    const summary = SUMMARIES.find((known) => known.line.test(line));
    const node = summary ? undefined : NODE.exec(line);
    if (summary) this.#add(countsIn(line), summary.several);
    else if (node) this.#add({ [WORDS[node[1] ?? ''] as Count]: Number(node[2]) }, 'merge');
  }

  #add(found: Partial<TestCounts>, several: Summary['several']): void {
    const before = this.#counts;
    const countOf = (count: Count): number => {
      const known = before?.[count] ?? 0;
      if (several === 'add') return known + (found[count] ?? 0);
      return found[count] ?? (several === 'merge' ? known : 0);
    };
    this.#counts = {
      passed: countOf('passed'),
      failed: countOf('failed'),
      skipped: countOf('skipped'),
    };
  }
}

function countsIn(line: string): Partial<TestCounts> {
  const counts: Partial<Record<Count, number>> = {};
  for (const [, number, word] of line.matchAll(COUNT)) {
    const count = Object.hasOwn(WORDS, word ?? '') ? WORDS[word ?? ''] : undefined;
    if (count) counts[count] = (counts[count] ?? 0) + Number(number);
  }
  return counts;
}
