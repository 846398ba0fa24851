/** What `npm test` does, in its order: the cheapest first. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from '../browser/browser.ts';
import { NoBrowserError } from '../browser/find-browser.ts';
import { ensureFirefox } from '../browser/firefox.ts';
import { checkCommitTitles } from './commit-titles.ts';
import { runOpenly, runQuietly, type Say, type Step } from './steps.ts';
import { NO_TESTS, readTotals, type Totals } from './totals.ts';

export const PARTS = ['check', 'unit', 'e2e', 'firefox'] as const;
export type Part = (typeof PARTS)[number];

/** @param filters parts of the paths of the test files to run; none for all. */
export const STEPS: Record<Part, (filters: readonly string[]) => Step[]> = {
  check: () => [
    quiet('Format', ['biome', 'format', '.', '--reporter=summary'], 'To mend it: npm run fix'),
    // the types of the extension's own files, which the linter needs, too
    quiet('Generated types', ['wxt', 'prepare']),
    quiet(
      'Lint',
      ['oxlint', '--type-aware', '--deny-warnings'],
      'Some of it is mended by: npm run fix',
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
      async run(say) {
        process.env['AGENTLIGHT_CHROME'] = await ensureBrowser(say);
        return undefined;
      },
    },
    vitest('Tests in the browser', ['e2e'], filters),
  ],
  firefox: (filters) => [
    quiet('Build for Firefox', ['wxt', 'build', '-b', 'firefox', '--mv3']),
    { name: 'Tests in Firefox', run: (say) => testInFirefox(filters, say) },
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

/** Skipped where no Firefox can be had, unless one was named: not every machine can install one. */
async function testInFirefox(filters: readonly string[], say: Say): Promise<Totals> {
  try {
    process.env['AGENTLIGHT_FIREFOX'] = await ensureFirefox(say);
  } catch (error) {
    if (!(error instanceof NoBrowserError) || process.env['AGENTLIGHT_FIREFOX']) throw error;
    for (const line of ['SKIPPED:', ...error.message.split('\n')]) say(line);
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
