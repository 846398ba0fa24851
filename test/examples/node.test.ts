import { glob, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startTestService } from '../support/test-service.ts';
import { lastRunOf, runExample } from './example.ts';

test('report.js reports a run with a metric and its progress', async () => {
  const service = await startTestService();
  const { exitCode, stderr } = await runExample(service, process.execPath, 'examples/report.js');
  expect([exitCode, stderr]).toEqual([0, '']);
  const { run, events } = await lastRunOf(service, 'ranker');
  expect(run).toMatchObject({ status: 'succeeded', message: 'converged' });
  expect(events.map(({ type }) => type)).toEqual([
    'run.started',
    ...[1, 2, 3].flatMap(() => ['metric.reported', 'run.progress']),
    'run.succeeded',
  ]);
});

test('follow.js prints each run once, also over a restart of the service', async () => {
  const service = await startTestService();
  const following = runExample(service, process.execPath, 'examples/follow.js');
  let stdout = '';
  let stderr = '';
  following.stdout.on('data', (text: Buffer) => (stdout += text));
  following.stderr.on('data', (text: Buffer) => (stderr += text));
  const connections = () => stderr.match(/Connected/g)?.length ?? 0;
  const reported = async (message: string) => {
    await service.client.request('PUT', '/v1/agents/tests', { body: { name: 'Tests' } });
    const about = { agent: 'tests', run: crypto.randomUUID() };
    const events = [
      { type: 'run.started', ...about, data: {} },
      { type: 'run.succeeded', ...about, data: { message } },
    ];
    await service.client.request('POST', '/v1/events', { body: { events } });
    await eventually(() => stdout.includes(message), `"${message}" in ${stdout} ${stderr}`);
  };
  await eventually(() => connections() === 1, 'the connection');
  await reported('first');
  await service.stop();
  await service.start();
  await eventually(() => connections() === 2, 'the second connection');
  await reported('second');
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^\S+Z {2}tests {2}succeeded {2}first$/),
    expect.stringMatching(/^\S+Z {2}tests {2}succeeded {2}second$/),
  ]);
});

test('webhook.js sends what webhook.json describes', async () => {
  const service = await startTestService({ AGENTLIGHT_WEBHOOKS: 'examples/webhook.json' });
  const { exitCode, stderr } = await runExample(service, process.execPath, 'examples/webhook.js');
  expect([exitCode, stderr]).toEqual([0, '']);
  const { run, events } = await lastRunOf(service, 'app');
  expect(run).toMatchObject({ status: 'succeeded', message: '12 files' });
  expect(events.filter(({ type }) => type === 'run.progress').at(-1)?.data).toMatchObject({
    value: 0.6,
    message: 'linking',
  });
});

test('every example is listed, and says how to run it', async () => {
  const list = await readFile('examples/README.md', 'utf8');
  for await (const file of glob('examples/*.{js,sh}')) {
    const name = basename(file);
    expect(list).toContain(`[${name}](${name})`);
    const [header] = (await readFile(file, 'utf8')).split('\n\n');
    expect(header).toMatch(new RegExp(`^(//|#) {5}.*examples/${name}$`, 'm'));
  }
});
