/** Steps of `npm test`: each has a line with its duration, and shows its output only if it fails. */
import { execa } from 'execa';
import { NO_TESTS, type Totals } from './totals.ts';

/** A step that failed; the message says why. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

/** Prints a line about the progress of a step. */
export type PrintProgress = (line: string) => void;

export interface Step {
  readonly name: string;
  /** Returns the numbers of its tests if it runs tests. @throws StepError */
  readonly run: (print: PrintProgress) => Promise<Totals | undefined>;
}

export async function runStep({ name, run }: Step): Promise<Totals> {
  const startMs = performance.now();
  const report = (mark: string) => {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    console.log(`${mark} ${name.padEnd(24)} ${seconds.padStart(6)} s`);
  };
  try {
    const totals = (await run((line) => console.log(`  ${line}`))) ?? NO_TESTS;
    report(totals.failed === 0 ? '✓' : '✗');
    return totals;
  } catch (error) {
    report('✗');
    throw error;
  }
}

type Command = readonly [program: string, ...args: string[]];

/**
 * Runs a program of this project's packages without showing its output.
 *
 * @param hint how to fix what it finds.
 * @throws StepError with the program's output.
 */
export async function runQuietly([program, ...args]: Command, hint = ''): Promise<void> {
  const env = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const options = { preferLocal: true, reject: false, all: true, env } as const;
  const result = await execa(program, args, options);
  if (!result.failed) return;
  throw new StepError([result.all || result.shortMessage, hint].filter(Boolean).join('\n\n'));
}

/** Runs a program of this project's packages and shows its output. It may fail. */
export async function runOpenly([program, ...args]: Command): Promise<void> {
  const stdio = ['ignore', 'inherit', 'inherit'] as const;
  await execa(program, args, { preferLocal: true, reject: false, stdio });
}
