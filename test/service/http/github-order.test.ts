/** Deliveries of several runs, in an order other than that of what happened. */
import { expect, onTestFinished, test } from 'vitest';
import { openGithub } from './github-sender.ts';
import { jsonOf } from './request.ts';

test('runs that are delivered newest first do not replace the newest', async () => {
  const github = await openGithub();
  const { hub } = github;
  onTestFinished(() => hub.close());
  const at = (minute: number) => ({ updated_at: `2026-01-31T12:${minute}:00Z` });
  const newest = await github.deliver('workflow_run.completed.attempt-2', at(50));
  for (const name of ['completed', 'in_progress', 'requested']) {
    const late = await github.send(`workflow_run.${name}`, at(30));
    expect([late.status, jsonOf(late)]).toEqual([202, { ignored: expect.any(String) }]);
  }
  expect(await github.lightOf(newest.agent)).toBe('succeeded');
  const { run } = await github.deliver('workflow_run.completed', { id: 7, ...at(55) });
  expect((await hub.fleet()).runs[run]?.status).toBe('failed');
});
