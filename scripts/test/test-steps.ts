/** The steps of `npm test`, fastest first. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from '../browser/browser.ts';
import { NoBrowserError } from '../browser/find-browser.ts';
import { ensureFirefox } from '../browser/firefox.ts';
import { checkCommitTitles } from './commit-titles.ts';
import { runOpenly, runQuietly, type PrintProgress, type Step } from './steps.ts';
import { NO_TESTS, readTotals, type Totals } from './totals.ts';

export const PARTS = ['check', 'unit', 'e2e', 'firefox'] as const;
export type Part = (typeof PARTS)[number];

/** @param filters parts of the paths of the test files to run; none for all. */
export const STEPS: Record<Part, (filters: readonly string[]) => Step[]> = {
  check: () => [
    quiet('Format', ['biome', 'format', '.', '--reporter=summary'], 'To fix it: npm run fix'),
    // the linter needs these types, too
    quiet('Generated types', ['wxt', 'prepare']),
    quiet(
      'Lint',
      ['oxlint', '--type-aware', '--deny-warnings'],
      'To fix what can be fixed automatically: npm run fix',
    ),
    quiet('Types', ['tsc', '--noEmit']),
    quiet('Unused code', ['knip']),
    {
      name: 'Commit titles',
      async run() {
        await checkCommitTitles();
        return undefined;
      },
    },
  ],
  unit: (filters) => [vitest('Unit and service tests', ['unit', 'service'], filters)],
  e2e: (filters) => [
    quiet('Build for Chrome', ['wxt', 'build']),
    quiet('Size of the extension', ['size-limit']),
    {
      name: 'Browser',
      async run(print) {
        process.env['AGENTLIGHT_CHROME'] = await ensureBrowser(print);
        return undefined;
      },
    },
    vitest('Tests in the browser', ['e2e'], filters),
  ],
  firefox: (filters) => [
    quiet('Build for Firefox', ['wxt', 'build', '-b', 'firefox', '--mv3']),
    { name: 'Tests in Firefox', run: (print) => testInFirefox(filters, print) },
  ],
};

function quiet(name: string, command: [string, ...string[]], hint?: string): Step {
  return {
    name,
    async run() {
      await runQuietly(command, hint);
      return undefined;
    },
  };
}

function vitest(name: string, projects: readonly string[], filters: readonly string[]): Step {
  return { name, run: () => runVitest(projects, filters) };
}

/** Skipped where no Firefox can be installed, unless `AGENTLIGHT_FIREFOX` names one. */
async function testInFirefox(filters: readonly string[], print: PrintProgress): Promise<Totals> {
  try {
    process.env['AGENTLIGHT_FIREFOX'] = await ensureFirefox(print);
  } catch (error) {
    if (!(error instanceof NoBrowserError) || process.env['AGENTLIGHT_FIREFOX']) throw error;
    for (const line of ['SKIPPED:', ...error.message.split('\n')]) print(line);
    return { ...NO_TESTS, skipped: 1 };
  }
  return runVitest(['firefox'], filters);
}

async function runVitest(projects: readonly string[], filters: readonly string[]): Promise<Totals> {
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-report-'));
  const report = join(dir, 'vitest.json');
  try {
    await runOpenly([
      'vitest',
      'run',
      ...projects.map((project) => `--project=${project}`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filters,
    ]);
    return await readTotals(report);
  } finally {
    await rm(dir, { recursive: true });
  }
}
