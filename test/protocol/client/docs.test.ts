import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { fillClientDocs } from '../../../scripts/client-docs.ts';

test('the README of the client shows the states that it has (npm run docs)', async () => {
  const text = await readFile('protocol/client/README.md', 'utf8');
  expect(text).toContain('connecting --> live: opened');
  expect(text).toBe(fillClientDocs(text));
});
