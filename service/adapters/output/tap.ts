/** The Test Anything Protocol, versions 12 to 14: https://testanything.org/tap-version-14-specification.html */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { ParsedEvent } from './output-parser.ts';
import { cut } from '../shown-text.ts';
import type { TestCounts } from './test-counts.ts';
import { showCounts } from './test-counts.ts';

/** Subtests are indented and not counted. */
const POINT = /^(not )?ok\b(?:\s+\d+)?(?:\s+-)?\s*(.*?)(?:\s+#\s*(skip|todo)\b.*)?\s*$/i;
const PLAN = /^1\.\.(\d+)\s*(?:#.*)?$/;
const VERSION = /^TAP version 1[234]\s*$/;

export class Tap {
  #isTap = false;
  #planned: number | undefined;
  #counts = { passed: 0, failed: 0, skipped: 0 };
  #bailOut: string | undefined;

  /** Undefined until a version or plan line shows that the output is TAP. */
  get counts(): TestCounts | undefined {
    return this.#isTap && this.#done > 0 ? this.#counts : undefined;
  }

  get bailOut(): string | undefined {
    return this.#bailOut;
  }

  parse(line: string): readonly ParsedEvent[] {
    const plan = PLAN.exec(line);
    if (plan || VERSION.test(line)) {
      this.#isTap = true;
      if (plan) this.#planned = Number(plan[1]);
      return [];
    }
    if (!this.#isTap) return [];
    if (line.startsWith('Bail out!')) {
      this.#bailOut = cut(line, LIMITS.messageChars);
      return [];
    }
    const point = POINT.exec(line);
    return point ? this.#parsePoint(point) : [];
  }

  get #done(): number {
    return this.#counts.passed + this.#counts.failed + this.#counts.skipped;
  }

  #parsePoint([, not, name = '', directive]: RegExpExecArray): readonly ParsedEvent[] {
    // a test marked as todo may fail
    if (directive) this.#counts.skipped += 1;
    else if (not) this.#counts.failed += 1;
    else this.#counts.passed += 1;
    const value = this.#planned ? Math.min(this.#done / this.#planned, 1) : undefined;
    const message = cut(`${showCounts(this.#counts)} · ${name}`, 200);
    return [{ type: 'run.progress', data: { ...(value !== undefined && { value }), message } }];
  }
}
