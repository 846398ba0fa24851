import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { fillProtocolDocs } from '../../scripts/protocol-docs.ts';

test('docs/protocol.md is up to date with the schemas (npm run docs)', async () => {
  const text = await readFile('docs/protocol.md', 'utf8');
  expect(text).toBe(fillProtocolDocs(text));
});
