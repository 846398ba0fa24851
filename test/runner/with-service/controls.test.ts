/** Pausing, queueing and parameters with real commands. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunAnswer } from '../../../protocol/wire/messages.ts';
import { startCommandLine, writeConfig } from '../../support/command-line.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestService } from '../../support/test-service.ts';
import { readProcesses } from '../../../service/runner/process/process-table.ts';

/** Counts up in a file until there is a file `end`. */
const COUNTER = `
  const { existsSync, writeFileSync } = require('node:fs');
  let n = 0;
  setInterval(() => { writeFileSync('count', String(n++)); if (existsSync('end')) process.exit(0); }, 5);
  writeFileSync('pid', String(process.pid));`;

async function startCounter(profile: object = {}) {
  const service = await startTestService({ AGENTLIGHT_HEARTBEAT_MS: '200' });
  const cwd = mkdtempSync(join(tmpdir(), 'agentlight-steering-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const command = [process.execPath, '-e', COUNTER];
  const config = writeConfig({ counter: { command, cwd, ...profile } });
  startCommandLine(['up', '--config', config], service.env);
  await service.whenAgent('counter', 'live');
  const post = async (path: string, body: object = {}) =>
    (await service.client.request<RunAnswer>('POST', path, { body })).run;
  const read = (file: string) =>
    existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), 'utf8') : '';
  return { service, post, read, end: () => writeFileSync(join(cwd, 'end'), '') };
}

test('a paused run stands still, and goes on where it stood', async () => {
  const { service, post, read, end } = await startCounter();
  const { id } = await post('/v1/agents/counter/runs');
  const pid = Number(await eventually(() => read('pid'), 'the command to run'));
  await service.whenRun(id, 'running');
  await post(`/v1/runs/${id}/pause`);
  await service.whenRun(id, 'paused');
  // T in the process table: stopped by a signal
  await eventually(() => stateOf(pid) === 'T', 'the process to be stopped');
  const stood = read('count');
  await post(`/v1/runs/${id}/resume`);
  await service.whenRun(id, 'running');
  await eventually(() => Number(read('count')) > Number(stood), 'it to count on');
  end();
  await service.whenRun(id, 'succeeded');
});

test('a paused run can be cancelled', async () => {
  const { service, post, read } = await startCounter();
  const { id } = await post('/v1/agents/counter/runs');
  const pid = Number(await eventually(() => read('pid'), 'the command to run'));
  await service.whenRun(id, 'running');
  await post(`/v1/runs/${id}/pause`);
  await service.whenRun(id, 'paused');
  await post(`/v1/runs/${id}/cancel`);
  await service.whenRun(id, 'cancelled');
  expect(readProcesses().some((entry) => entry.pid === pid && !entry.isZombie)).toBe(false);
});

test('runs that wait in line run one after the other', async () => {
  const { service, post, read, end } = await startCounter();
  const first = await post('/v1/agents/counter/runs');
  const second = await post('/v1/agents/counter/runs', { queue: true });
  expect([first.status, second.status]).toEqual(['requested', 'queued']);
  await eventually(() => read('pid'), 'the first to run');
  end();
  await service.whenRun(first.id, 'succeeded');
  await service.whenRun(second.id, 'succeeded');
});

test('a run that is asked for with a time-out is stopped by it', async () => {
  const { service, post } = await startCounter();
  const { id } = await post('/v1/agents/counter/runs', { timeoutMs: 300 });
  expect((await service.whenRun(id, 'failed')).failure?.reason).toBe('timeout');
});

/** The letter that `ps` gives to the state of a process. */
function stateOf(pid: number): string {
  return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).slice(0, 1);
}
