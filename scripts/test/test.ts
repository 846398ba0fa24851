/**
 * `npm test`: all checks and tests, a line for each step, until one fails.
 *
 *     npm test                    all of it
 *     npm test -- --only=check    a part: check, unit, e2e or firefox
 *     npm test -- cursor          the test files with "cursor" in their path
 */
import { glob } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { NoBrowserError } from '../browser/find-browser.ts';
import { runStep, type Step, StepError } from './steps.ts';
import { PARTS, type Part, STEPS } from './test-steps.ts';
import { addTotals, describeTotals, NO_TESTS } from './totals.ts';

let isStopping = false;
// a terminal sends Ctrl-C to the running step, too, and the step needs time to clean up
process.on('SIGINT', () => {
  isStopping = true;
});

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let totals = NO_TESTS;
  try {
    for (const step of await chooseSteps(args)) {
      totals = addTotals(totals, await runStep(step));
      if (isStopping) throw new StepError('Stopped.');
      if (totals.failed > 0) break;
    }
  } catch (error) {
    if (!(error instanceof StepError || error instanceof NoBrowserError)) throw error;
    console.error(`\n${error.message}\n`);
    if (totals.failed === 0) totals = { ...totals, failed: 1 };
  }
  console.log(describeTotals(totals));
  return totals.failed === 0 ? 0 : 1;
}

async function chooseSteps(args: readonly string[]): Promise<readonly Step[]> {
  const { only, filters } = readArguments(args);
  if (filters.length === 0) return (only ? [only] : PARTS).flatMap((part) => STEPS[part](filters));
  const files = await Array.fromAsync(glob('test/**/*.test.{ts,tsx}'));
  const chosen = files.filter((file) => filters.some((filter) => file.includes(filter)));
  if (chosen.length === 0) {
    throw new StepError(`No test file has ${filters.join(' or ')} in its path.`);
  }
  const parts = new Set(chosen.map(partOf));
  return PARTS.filter((part) => parts.has(part)).flatMap((part) => STEPS[part](filters));
}

/** @param file path of a test. */
function partOf(file: string): Part {
  if (file.startsWith(join('test', 'e2e', sep))) return 'e2e';
  return file.startsWith(join('test', 'e2e-firefox', sep)) ? 'firefox' : 'unit';
}

function readArguments(args: readonly string[]): { only: Part | undefined; filters: string[] } {
  const options = { only: { type: 'string' } } as const;
  const usage = `Usage: npm test -- [--only=${PARTS.join('|')}] [part of a test file's path …]`;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const only = PARTS.find((part) => part === values.only);
    if (only === values.only) return { only, filters: positionals };
  } catch (error) {
    throw new StepError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
  throw new StepError(usage);
}
