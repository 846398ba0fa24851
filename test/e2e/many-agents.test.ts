/** A thousand agents in the popup. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startPaired } from '../support/paired.ts';

const AGENTS = 1_000;

test('only what is near is in the page, everything can be reached, and the counts are those of all', async () => {
  const { popup, service } = await startPaired();
  const ids = Array.from({ length: AGENTS }, (_, n) => `agent-${n + 1}`);
  while (ids.length > 0) {
    const some = ids.splice(0, 50);
    await Promise.all(
      some.map((id) => service.client.registerAgent(id, { name: id, capabilities: [] })),
    );
  }
  const list = popup.getByRole('list', { name: 'Idle' });
  await popup.getByRole('heading', { name: `Idle ${AGENTS}` }).waitFor();
  const rows = () => list.getByRole('listitem').count();
  expect(await rows()).toBeLessThan(AGENTS / 2);
  // as a person does: to the end, again and again
  await eventually(
    async () => {
      await list.getByRole('listitem').last().scrollIntoViewIfNeeded();
      return (await rows()) === AGENTS;
    },
    'the last row',
    30_000,
  );
  await popup.getByRole('searchbox').fill(`agent-${AGENTS}`);
  await list.getByText(`agent-${AGENTS}`, { exact: true }).waitFor();
  expect(await rows()).toBe(1);
});
