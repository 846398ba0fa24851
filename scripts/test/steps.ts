/** Steps of `npm test`: each has a line with its duration, and shows its output only if it fails. */
import { execa } from 'execa';
import { NO_TESTS, type Totals } from './totals.ts';

/** A step that did not succeed; the message is what its owner should read. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

/** Tells how a step goes on, on a line of its own. */
export type Say = (line: string) => void;

export interface Step {
  readonly name: string;
  /** Returns what it counted if it is one that counts. @throws StepError */
  readonly run: (say: Say) => Promise<Totals | undefined>;
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
 * Runs a program of this project's packages without showing what it prints.
 *
 * @param hint how to mend what it finds.
 * @throws StepError with what it printed.
 */
export async function runQuietly([program, ...args]: Command, hint = ''): Promise<void> {
  const env = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const options = { preferLocal: true, reject: false, all: true, env } as const;
  const result = await execa(program, args, options);
  if (!result.failed) return;
  throw new StepError([result.all || result.shortMessage, hint].filter(Boolean).join('\n\n'));
}

/** Runs a program of this project's packages and shows what it prints. It may fail. */
export async function runOpenly([program, ...args]: Command): Promise<void> {
  const stdio = ['ignore', 'inherit', 'inherit'] as const;
  await execa(program, args, { preferLocal: true, reject: false, stdio });
}
