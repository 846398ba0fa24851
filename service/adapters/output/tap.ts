/** The Test Anything Protocol, versions 12 to 14: https://testanything.org/tap-version-14-specification.html */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { ParsedEvent } from './output-parser.ts';
import { cut } from '../shown-text.ts';
import type { TestCounts } from './test-counts.ts';
import { addCounts, showCounts } from './test-counts.ts';

/** Subtests are indented and not counted. */
const POINT = /^(not )?ok\b(?: +(\d{1,9}))?(?: +-)?/;
const DIRECTIVE = /(?<!\\)#\s*(?:skip|todo)\b/i;
const PLAN = /^1\.\.(\d{1,9})\s*(?:#.*)?$/;
const VERSION = /^TAP version 1[234]\s*$/;

const NOTHING = { passed: 0, failed: 0, skipped: 0 };

export class Tap {
  /** A version or plan line has shown that the output is TAP. */
  #isTap = false;
  #planned: number | undefined;
  #counts = { ...NOTHING };
  #earlier: TestCounts = {};
  #bailOut: string | undefined;

  /** Undefined unless the output is TAP. A plan can be its last line. */
  get counts(): TestCounts | undefined {
    const all = this.#isTap ? addCounts(this.#earlier, this.#counts) : this.#earlier;
    return Object.values(all).some((count) => count > 0) ? all : undefined;
  }

  get bailOut(): string | undefined {
    return this.#bailOut;
  }

  parse(line: string): readonly ParsedEvent[] {
    if (VERSION.test(line)) {
      this.#finish();
      this.#isTap = true;
      return [];
    }
    const plan = PLAN.exec(line);
    if (plan) {
      // a second plan is that of the next test program
      if (this.#planned !== undefined) this.#finish();
      this.#isTap = true;
      this.#planned = Number(plan[1]);
      return [];
    }
    const point = POINT.exec(line);
    if (point) return this.#parsePoint(point, line);
    if (this.#isTap && line.startsWith('Bail out!')) {
      this.#bailOut = cut(line, LIMITS.messageChars);
    }
    return [];
  }

  /** The program itself has counted the tests since the last plan. */
  forget(): void {
    this.#counts = { ...NOTHING };
    this.#planned = undefined;
  }

  get #done(): number {
    return this.#counts.passed + this.#counts.failed + this.#counts.skipped;
  }

  #finish(): void {
    if (this.#isTap) this.#earlier = addCounts(this.#earlier, this.#counts);
    this.#counts = { ...NOTHING };
    this.#planned = undefined;
  }

  #parsePoint([head, not, number]: RegExpExecArray, line: string): readonly ParsedEvent[] {
    // before a plan only a numbered point can be one: "ok" alone is said by many programs
    if (!this.#isTap && number === undefined) return [];
    // with the plan at the end, the first point is number 1
    if (number === '1' && (!this.#isTap || this.#done >= (this.#planned ?? Infinity))) {
      this.#finish();
    }
    const text = line.slice(head.length);
    const directiveAt = text.search(DIRECTIVE);
    // a test marked as todo may fail
    if (directiveAt >= 0) this.#counts.skipped += 1;
    else if (not) this.#counts.failed += 1;
    else this.#counts.passed += 1;
    if (!this.#isTap) return [];
    const name = (directiveAt < 0 ? text : text.slice(0, directiveAt)).trim();
    const value = this.#planned ? Math.min(this.#done / this.#planned, 1) : undefined;
    const message = cut(`${showCounts(this.#counts)} · ${name}`, 200);
    return [{ type: 'run.progress', data: { ...(value !== undefined && { value }), message } }];
  }
}
