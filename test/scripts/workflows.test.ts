import { glob, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

test('every action of a workflow is pinned to a commit, with its version beside it', async () => {
  const files = await Array.fromAsync(glob('.github/workflows/*.yml'));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const uses = texts.flatMap((text) => text.split('\n').filter((line) => /\buses:/.test(line)));
  expect(uses.length).toBeGreaterThan(0);
  for (const line of uses) expect(line).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});
