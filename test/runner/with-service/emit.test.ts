/** Commands that report events from inside real runs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Snapshot } from '../../../protocol/wire/messages.ts';
import { MAIN, startCommandLine, writeConfig } from '../../support/command-line.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestService } from '../../support/test-service.ts';
import type { TestService } from '../../support/test-service.ts';

const SAY = `"${process.execPath}" "${MAIN}"`;

function wrapped(service: TestService, script: string) {
  return startCommandLine(['run', '--id', 'says', '--', 'sh', '-c', script], service.env);
}

async function lastRun(service: TestService, agent = 'says') {
  return service.run((await service.agent(agent))?.lastRun ?? '');
}

test('a wrapped script tells its progress, steps, metrics and cost', async () => {
  const service = await startTestService();
  const script = [
    `${SAY} emit phase linking`,
    `${SAY} emit step start build --name Build`,
    `${SAY} emit step done build`,
    `${SAY} emit metric val/loss 0.5 --objective min`,
    `${SAY} emit metric val/loss 0.7`,
    `${SAY} emit cost --usd 0.42`,
    `${SAY} emit progress 0.4 "epoch 3"`,
  ].join(' && ');
  expect((await wrapped(service, script).ended).exitCode).toBe(0);
  expect(await lastRun(service)).toMatchObject({
    status: 'succeeded',
    phase: 'linking',
    progress: { value: 0.4, message: 'epoch 3' },
    steps: { completed: 1 },
    metrics: { 'val/loss': { value: 0.7, best: 0.5 } },
    usage: { costUsd: 0.42 },
  });
});

test('a hosted command does so, too, and a wrapped one inside of it is its child', async () => {
  const service = await startTestService();
  const script = `${SAY} emit phase outer && ${SAY} run --id inner -- sh -c '${SAY} emit phase inner'`;
  // a hosted command does not inherit the runner's token: one that reports by itself is given its own
  const env = { AGENTLIGHT_TOKEN: service.env['AGENTLIGHT_TOKEN'] };
  const config = writeConfig({ outer: { command: ['sh', '-c', script], env } });
  startCommandLine(['up', '--config', config], service.env);
  await service.whenAgent('outer', 'live');
  const run = await service.ask('outer');
  expect(await service.whenRun(run, 'succeeded')).toMatchObject({ phase: 'outer' });
  expect(await lastRun(service, 'inner')).toMatchObject({ phase: 'inner', parent: run });
});

test('a script asks in its run, without a token, and goes on with the answer', async () => {
  const service = await startTestService();
  const script = `${SAY} ask "Deploy?" --details "now" && echo deployed`;
  const line = wrapped(service, script);
  const question = await eventually(async () => {
    const { fleet } = await service.client.request<Snapshot>('GET', '/v1/snapshot');
    return fleet.agents['says']?.approvals?.[0];
  }, 'the question');
  expect(question.run).toBeDefined();
  const body = { choice: 'yes', hash: question.hash };
  await service.client.request('POST', `/v1/approvals/${question.id}/decision`, { body });
  expect((await line.ended).exitCode).toBe(0);
  expect(line.stdout()).toBe('yes\ndeployed\n');
});

test.each([
  ['emit progress 2', 2, 'it must be from 0 to 1'],
  ['emit step start "no id"', 1, 'data.step: must be 1 to 100 of letters'],
  ['emit metric 9 1', 1, 'data.name'],
])('what makes no sense is refused with the reason: %s', async (args, exitCode, words) => {
  const service = await startTestService();
  const line = wrapped(service, `${SAY} ${args}`);
  expect((await line.ended).exitCode).toBe(exitCode);
  expect(line.stderr()).toContain(words);
});

test('outside of a run there is nothing to speak of', async () => {
  const line = startCommandLine(['emit', 'progress', '0.5'], process.env);
  expect((await line.ended).exitCode).toBe(2);
  expect(line.stderr()).toContain('agentlight run -- <command>');
});

test('what is said while the service is away is told when it is back', async () => {
  const service = await startTestService();
  await service.stop();
  const folder = mkdtempSync(join(tmpdir(), 'agentlight-emit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const mark = join(folder, 'go-on');
  const script = `${SAY} emit phase offline; until [ -e "${mark}" ]; do sleep 0.05; done`;
  const line = wrapped(service, script);
  await eventually(() => line.stderr().includes('Retrying'), 'the runner to be cut off');
  await service.start();
  await service.whenAgent('says', 'live');
  writeFileSync(mark, '');
  expect((await line.ended).exitCode).toBe(0);
  expect(await lastRun(service)).toMatchObject({ phase: 'offline' });
});
