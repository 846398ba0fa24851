/** Adds up the summaries of the test runners that one command starts, one after another. */
import type { TestCounts } from './test-counts.ts';
import { addCounts } from './test-counts.ts';
import type { RawCounts, RawName, SummaryLine } from './test-formats.ts';

/** The lines of one summary so far. */
interface Summary {
  readonly keys: Set<string>;
  readonly counts: Partial<Record<RawName, number>>;
}

export class TestSummary {
  readonly #current = new Map<string, Summary>();
  #finished: TestCounts | undefined;

  /** Undefined until there was a summary. */
  get counts(): TestCounts | undefined {
    const open = [...this.#current.values()].map(({ counts }) => settle(counts));
    if (open.length === 0 && !this.#finished) return undefined;
    return open.reduce(addCounts, this.#finished ?? {});
  }

  add({ tool, key, counts }: SummaryLine): void {
    const before = this.#current.get(tool);
    if (before && key !== null && before.keys.has(key)) {
      this.#finished = addCounts(this.#finished ?? {}, settle(before.counts));
      this.#current.delete(tool);
    }
    const current = this.#current.get(tool) ?? { keys: new Set(), counts: {} };
    this.#current.set(tool, current);
    if (key !== null) current.keys.add(key);
    for (const [name, count] of Object.entries(counts) as [RawName, number][]) {
      current.counts[name] = (current.counts[name] ?? 0) + count;
    }
  }
}

function settle(raw: RawCounts): TestCounts {
  const { packagesPassed = 0, packagesFailed = 0, ...counts } = raw;
  const failed = counts.failed ?? 0;
  // single tests are listed: packages are suites
  const isListed = (counts.passed ?? 0) > 0;
  if (!isListed && packagesPassed + packagesFailed > 0) {
    return { ...counts, passed: packagesPassed, failed: Math.max(failed, packagesFailed) };
  }
  // a suite with failed tests does not count as another failure
  const suitesFailed = Math.max(counts.suitesFailed ?? 0, packagesFailed);
  return { ...counts, suitesFailed: suitesFailed > failed ? suitesFailed : 0 };
}
