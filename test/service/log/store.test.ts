import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { readPage } from '../../../service/log/store.ts';
import { testDatabase } from '../../support/log.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void;

/** Bytes that only a full collection frees. */
function oldBytes(): number {
  const old = getHeapSpaceStatistics().filter(({ space_name: name }) =>
    ['old_space', 'large_object_space'].includes(name),
  );
  return old.reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
}

test('what a query was given is freed without a full collection', async () => {
  const { sql } = await testDatabase();
  const ask = async (queries: number) => {
    for (let query = 0; query < queries; query += 1) {
      const agents = Array.from({ length: 1_000 }, (_, index) => `agent-${query}-${index}`);
      await readPage(sql, 0, { agents, detail: true });
      if (query % 5 === 0) collect({ type: 'minor' });
    }
  };
  await ask(20);
  collect({ type: 'major' });
  const before = oldBytes();
  await ask(200);
  expect((oldBytes() - before) / 200).toBeLessThan(10_000);
});
