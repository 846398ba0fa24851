import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const DECISIONS = 'docs/decisions';
const decisions = (await readdir(DECISIONS)).filter((name) => name !== 'README.md');
const PAGES = [
  'CONTRIBUTING.md',
  'docs/architecture.md',
  ...decisions.map((name) => `${DECISIONS}/${name}`),
];

/** Paths in code spans that start with a folder of the repository. */
function pathsIn(text: string): string[] {
  const spans = text.match(/`(?:extension|protocol|scripts|service|test)\/[^`\s]*`/g) ?? [];
  return spans.map((span) => span.slice(1, -1));
}

test.each(PAGES)('%s names only paths that exist', async (page) => {
  const missing = pathsIn(await readFile(page, 'utf8')).filter((path) => !existsSync(path));
  expect(missing).toEqual([]);
});

test('docs/architecture.md names files of every room', async () => {
  const paths = pathsIn(await readFile('docs/architecture.md', 'utf8'));
  for (const room of ['extension/', 'protocol/', 'service/']) {
    expect(paths.filter((path) => path.startsWith(room)).length).toBeGreaterThan(5);
  }
});

test('docs/decisions/README.md lists every decision', async () => {
  const index = await readFile(join(DECISIONS, 'README.md'), 'utf8');
  const listed = [...index.matchAll(/\]\(([a-z0-9-]+\.md)\)/g)].map(([, name]) => name);
  expect(new Set(listed)).toEqual(new Set(decisions));
});
