import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DeliveryAnswer } from '../../../protocol/wire/messages.ts';
import type { Github } from './github-sender.ts';
import { openGithub } from './github-sender.ts';
import type { Hub } from './hub.ts';
import type { Answer } from './request.ts';
import { jsonOf } from './request.ts';

let github: Github;
let hub: Hub;
beforeAll(async () => {
  github = await openGithub();
  hub = github.hub;
});
afterAll(() => hub.close());
beforeEach(() => github.next());

test('a workflow is an agent, its run a run, a job a step', async () => {
  const { agent, run } = await github.deliver('workflow_run.requested');
  expect(await github.lightOf(agent)).toBe('paused');
  await github.deliver('workflow_job.queued');
  await github.deliver('workflow_run.in_progress');
  await github.deliver('workflow_job.in_progress');
  expect(await github.lightOf(agent)).toBe('running');
  let fleet = await hub.fleet();
  expect(fleet.agents[agent]).toMatchObject({
    name: 'lighthouse-labs/harbour · CI',
    kind: 'github',
    tags: ['lighthouse-labs', 'harbour', 'workflow'],
    description: 'https://github.com/lighthouse-labs/harbour/actions',
    capabilities: [],
    liveness: 'unmonitored',
    owner: 'github',
  });
  expect(fleet.runs[run]).toMatchObject({
    status: 'running',
    command: 'Fees: round to the cent (#381, push on main by mira)',
    startedAt: '2026-01-31T12:00:03.000Z',
    steps: { current: { name: 'test (24, ubuntu-latest)' } },
  });
  await github.deliver('workflow_job.completed');
  await github.deliver('workflow_run.completed');
  fleet = await hub.fleet();
  expect(fleet.runs[run]).toMatchObject({
    status: 'failed',
    endedAt: '2026-01-31T12:04:31.000Z',
    message:
      'Failed. push on main. https://github.com/lighthouse-labs/harbour/actions/runs/21548890412',
    failure: { reason: 'exit' },
    steps: { completed: 0, failed: 1, skipped: 0 },
  });
  expect(fleet.runs[run]?.steps).not.toHaveProperty('current');
  expect(await github.typesOf(run)).toEqual([
    'run.started',
    'run.paused',
    'artifact.created',
    'run.resumed',
    'run.phase',
    'step.started',
    'step.failed',
    'run.failed',
  ]);
});

test.each([
  ['success', 'succeeded', undefined],
  ['neutral', 'succeeded', undefined],
  ['skipped', 'cancelled', undefined],
  ['cancelled', 'cancelled', undefined],
  ['failure', 'failed', 'exit'],
  ['timed_out', 'failed', 'timeout'],
  ['startup_failure', 'failed', 'spawn'],
  ['stale', 'failed', 'lost'],
  ['something_new', 'failed', 'other'],
  ['constructor', 'failed', 'other'],
])('a run with the conclusion %s has %s', async (conclusion, status, reason) => {
  const { run } = await github.deliver('workflow_run.completed', { conclusion });
  const found = (await hub.fleet()).runs[run];
  expect([found?.status, found?.failure?.reason]).toEqual([status, reason]);
});

test.each([
  ['success', { completed: 1, failed: 0, skipped: 0 }],
  ['skipped', { completed: 0, failed: 0, skipped: 1 }],
  ['cancelled', { completed: 0, failed: 0, skipped: 1 }],
  ['timed_out', { completed: 0, failed: 1, skipped: 0 }],
])('a job with the conclusion %s counts as %j', async (conclusion, steps) => {
  const { run } = await github.deliver('workflow_job.completed', { conclusion });
  expect((await hub.fleet()).runs[run]?.steps).toEqual(steps);
});

test('whatever the order of the deliveries, the run ends as GitHub says', async () => {
  const names = [
    'workflow_run.requested',
    'workflow_run.in_progress',
    'workflow_run.completed',
    'workflow_job.in_progress',
    'workflow_job.completed',
  ];
  const orders = permutationsOf(names);
  expect(orders).toHaveLength(120);
  const ended: string[] = [];
  for (const order of orders) {
    github.next();
    const runs = new Set<string>();
    for (const name of order) {
      const answer = await github.send(name);
      runs.add((jsonOf(answer) as DeliveryAnswer).run ?? '');
    }
    // a job that began and has ended is ignored
    runs.delete('');
    expect(runs.size).toBe(1);
    const [run = ''] = runs;
    const events = await github.typesOf(run);
    expect(events.filter((type) => type === 'run.started')).toHaveLength(1);
    expect(events.at(-1)).toBe('run.failed');
    ended.push(run);
  }
  const { runs } = await hub.fleet();
  expect(ended.filter((run) => runs[run]?.status !== 'failed')).toEqual([]);
});

function permutationsOf(names: readonly string[]): string[][] {
  if (names.length === 0) return [[]];
  return names.flatMap((name, index) =>
    permutationsOf(names.toSpliced(index, 1)).map((rest) => [name, ...rest]),
  );
}

test('all deliveries at the same moment are as good as one after the other', async () => {
  const names = [
    'workflow_run.requested',
    'workflow_run.in_progress',
    'workflow_job.queued',
    'workflow_job.in_progress',
    'workflow_job.completed',
  ];
  const answers = await Promise.all(names.map((name) => github.send(name)));
  for (const { status } of answers) expect([200, 202]).toContain(status);
  const live = jsonOf(answers[0] as Answer) as DeliveryAnswer;
  expect((await hub.fleet()).runs[live.run ?? '']?.status).toBe('running');
  const { run } = await github.deliver('workflow_run.completed');
  const events = await github.typesOf(run);
  expect(events.filter((type) => type === 'step.failed')).toHaveLength(1);
  expect(events.at(-1)).toBe('run.failed');
});

test('a run that is queued late neither begins again nor stands still', async () => {
  const { run } = await github.deliver('workflow_run.in_progress');
  await github.deliver('workflow_run.requested');
  expect((await hub.fleet()).runs[run]?.status).toBe('running');
  await github.deliver('workflow_run.completed');
  const before = await github.typesOf(run);
  for (const late of ['requested', 'in_progress']) await github.deliver(`workflow_run.${late}`);
  await github.deliver('workflow_job.in_progress');
  expect(await github.typesOf(run)).toEqual(before);
});

test('a late delivery does not revive a run that the fleet has let go of', async () => {
  const { run } = await github.deliver('workflow_run.completed');
  await github.deliver('workflow_run.completed', { id: 9, conclusion: 'success' });
  expect((await hub.fleet()).runs).not.toHaveProperty(run);
  const before = await github.typesOf(run);
  await github.deliver('workflow_run.in_progress');
  expect(await github.typesOf(run)).toEqual(before);
  expect((await hub.fleet()).runs).not.toHaveProperty(run);
});

test('a job that is heard of first begins its run, for the same agent', async () => {
  const job = await github.deliver('workflow_job.in_progress');
  expect(await github.deliver('workflow_run.requested')).toEqual(job);
  const { runs } = await hub.fleet();
  expect(runs[job.run]).toMatchObject({ status: 'running', command: 'CI on main' });
});

test('a job that ended before it began does not stay the current one', async () => {
  await github.deliver('workflow_job.completed', { conclusion: 'cancelled' });
  const late = await github.send('workflow_job.in_progress');
  expect([late.status, jsonOf(late)]).toEqual([202, { ignored: expect.any(String) }]);
  const { run } = await github.deliver('workflow_run.in_progress');
  expect((await hub.fleet()).runs[run]?.steps).toEqual({ completed: 0, failed: 0, skipped: 1 });
});

test('a delivery that comes again adds nothing, whole or in the middle of others', async () => {
  const before = (await hub.history()).length;
  const delivery = randomUUID();
  const job = github.payload('workflow_job.completed');
  const first = await github.post('workflow_job', job, { delivery });
  const once = (await hub.history()).length;
  expect(once).toBeGreaterThan(before);
  for (const again of [delivery, delivery, randomUUID()]) {
    const answer = await github.post('workflow_job', job, { delivery: again });
    expect([answer.status, answer.text]).toEqual([200, first.text]);
  }
  const all = await Promise.all(
    Array.from({ length: 10 }, () => github.post('workflow_job', job, { delivery })),
  );
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await hub.history()).length).toBe(once);
});

test('a re-run is a run of its own, of the same agent', async () => {
  const first = await github.deliver('workflow_run.completed');
  const second = await github.deliver('workflow_run.completed.attempt-2');
  expect(second.agent).toBe(first.agent);
  expect(second.run).not.toBe(first.run);
  const fleet = await hub.fleet();
  expect(fleet.runs[second.run]).toMatchObject({
    status: 'succeeded',
    command: 'Fees: round to the cent (#381, attempt 2, push on main by noor)',
  });
  expect(await github.lightOf(first.agent)).toBe('succeeded');
});

test('a job that waits for approval lights up until somebody answers on GitHub', async () => {
  const { agent } = await github.deliver('workflow_run.in_progress');
  await github.deliver('workflow_job.waiting');
  expect(await github.lightOf(agent)).toBe('needs-approval');
  const [approval] = (await hub.fleet()).agents[agent]?.approvals ?? [];
  expect(approval).toMatchObject({
    title: 'The job test (24, ubuntu-latest) needs approval',
    details: expect.stringContaining('only be answered on GitHub: https://github.com/'),
    choices: [{ id: 'seen' }],
  });
  await github.deliver('workflow_job.in_progress');
  expect(await github.lightOf(agent)).toBe('running');
  const late = await github.send('workflow_job.waiting');
  expect(late.status).toBe(202);
  expect(await github.lightOf(agent)).toBe('running');
});

test("a stranger's run that needs approval is not over, though GitHub calls it completed", async () => {
  const { agent, run } = await github.deliver('workflow_run.completed', {
    conclusion: 'action_required',
  });
  expect(await github.lightOf(agent)).toBe('needs-approval');
  await github.deliver('workflow_run.in_progress');
  expect(await github.lightOf(agent)).toBe('running');
  await github.deliver('workflow_run.completed', { conclusion: 'success' });
  expect((await hub.fleet()).runs[run]?.status).toBe('succeeded');
});

test('an environment is an agent, and a deployment to it a run', async () => {
  const { agent, run } = await github.deliver('deployment_status.created', { state: 'queued' });
  expect(await github.lightOf(agent)).toBe('paused');
  await github.deliver('deployment_status.created', { state: 'in_progress' });
  await github.deliver('deployment_status.created', { state: 'queued' });
  expect(await github.lightOf(agent)).toBe('running');
  await github.deliver('deployment_status.created');
  const { agents, runs } = await hub.fleet();
  expect(agents[agent]).toMatchObject({ name: 'lighthouse-labs/harbour · deploy to production' });
  expect(runs[run]).toMatchObject({ status: 'succeeded', command: 'main by mira' });
  expect(await github.typesOf(run)).toContain('artifact.created');
  const body = github.payload('deployment_status.created', { state: 'inactive' });
  expect((await github.post('deployment_status', body)).status).toBe(202);
});

test('checks of other apps are told, and those of GitHub Actions are not told twice', async () => {
  const { agent, run } = await github.deliver('check_run.completed');
  const { agents, runs } = await hub.fleet();
  expect(agents[agent]?.name).toBe('lighthouse-labs/harbour · coverage');
  expect(runs[run]?.message).toMatch(/^Neither success nor failure. 81.2 % .*https:/);
  const ours = github.payload('check_run.completed', { app: { slug: 'github-actions' } });
  const answer = await github.post('check_run', ours);
  expect([answer.status, answer.text]).toEqual([202, expect.stringContaining('workflow_job')]);
});

test('a repository that is renamed keeps its agents', async () => {
  const before = await github.deliver('workflow_run.completed');
  const { repository } = github.payload('ping') as { repository: object };
  const renamed = { repository: { ...repository, full_name: 'lighthouse-labs/port' } };
  const after = await github.deliver('workflow_run.requested', {}, renamed);
  expect(after.agent).toBe(before.agent);
  expect((await hub.fleet()).agents[after.agent]?.name).toBe('lighthouse-labs/port · CI');
});

test('names that are there to deceive, and values that are none, do no harm', async () => {
  const name = 'CI\u202e\u0000\n<script>'.padEnd(400, 'x');
  const changes = {
    name,
    display_title: '\u0000\ud800'.repeat(3_000),
    html_url: 'javascript:alert(1)',
    updated_at: 'yesterday',
    run_started_at: '0001-01-01T00:00:00Z',
  };
  const workflow = { name };
  const { agent, run } = await github.deliver('workflow_run.completed', changes, { workflow });
  const { agents, runs } = await hub.fleet();
  expect(agents[agent]?.name).toMatch(/^lighthouse-labs\/harbour · CI <script>x+…$/);
  expect(runs[run]?.status).toBe('failed');
  expect(await github.typesOf(run)).not.toContain('artifact.created');
});

test.each(['Deploy by @octocat', 'Bump lodash from 1 to 2', '', null])(
  'a run with the name %j belongs to the workflow of its jobs',
  async (name) => {
    const job = await github.deliver('workflow_job.in_progress');
    const ended = await github.deliver('workflow_run.completed', { name, display_title: name });
    expect(ended).toEqual(job);
    expect(await github.lightOf(job.agent)).toBe('failed');
  },
);

test('the status of a deployment needs no action', async () => {
  const { action: _action, ...body } = github.payload('deployment_status.created') as Record<
    string,
    unknown
  >;
  expect((await github.post('deployment_status', body)).status).toBe(200);
});

test('without a name a workflow is known by its file', async () => {
  const nameless = { workflow: null };
  const { agent } = await github.deliver('workflow_run.requested', { name: '' }, nameless);
  const { name } = (await hub.fleet()).agents[agent] ?? {};
  expect(name).toBe('lighthouse-labs/harbour · .github/workflows/ci.yml');
});
