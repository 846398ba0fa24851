/** The real coding agents behind `agentlight run`, printing what they do as JSON. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { Agent, Run } from '../../protocol/fleet/fleet.ts';
import type { Snapshot } from '../../protocol/wire/messages.ts';
import { MAIN } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { startTestService } from '../support/test-service.ts';
import type { TestService } from '../support/test-service.ts';
import type { AgentHome } from './agent-home.ts';
import { claudeHome, codexHome } from './agent-home.ts';

const FAILS = [{ fail: 400 }];
const WORKS = [{ shell: 'echo hello > made.txt' }, { say: 'All done.' }];

/** The run of the wrapped command; the program's own hooks make an agent of its session besides. */
async function runWrapped(
  service: TestService,
  { env, project }: AgentHome,
  command: readonly string[],
): Promise<{ exitCode: number | undefined; run: Run }> {
  const args = [MAIN, 'run', '--id', 'wrapped', '--', ...command];
  const { exitCode } = await execa(process.execPath, args, {
    env: { ...env, AGENTLIGHT_DATA_DIR: project },
    extendEnv: false,
    cwd: project,
    stdin: 'ignore',
    reject: false,
  });
  const agent = await eventually(async () => {
    const { fleet } = await service.client.request<Snapshot>('GET', '/v1/snapshot');
    const found: Agent | undefined = fleet.agents['wrapped'];
    return found?.lastRun !== undefined && found;
  }, 'the run to have ended');
  return { exitCode, run: await service.run(agent.lastRun ?? '') };
}

const CODEX = ['codex', 'exec', '--json', '--skip-git-repo-check', 'make a file'];

test('codex exec --json that succeeds', async () => {
  const service = await startTestService();
  const home = await codexHome(service, WORKS);
  const { exitCode, run } = await runWrapped(service, home, CODEX);
  expect(exitCode).toBe(0);
  expect(existsSync(join(home.project, 'made.txt'))).toBe(true);
  expect(run).toMatchObject({ status: 'succeeded', message: 'All done.' });
  expect(run.usage?.inputTokens).toBeGreaterThan(0);
  const types = (await service.events(run.id)).map(({ type }) => type);
  expect(types).toEqual(
    expect.arrayContaining(['tool.started', 'tool.completed', 'message.added']),
  );
});

test('codex exec --json that fails', async () => {
  const service = await startTestService();
  const home = await codexHome(service, FAILS);
  const { run } = await runWrapped(service, home, CODEX);
  expect(run.status).toBe('failed');
  expect(run.message).toMatch(/scripted|400|Bad Request/);
});

const CLAUDE = ['claude', '-p', 'make a file', '--output-format', 'stream-json', '--verbose'];

test('claude -p that succeeds', async () => {
  const service = await startTestService();
  const home = await claudeHome(service, WORKS);
  const command = [...CLAUDE, '--allowedTools', 'Bash'];
  const { exitCode, run } = await runWrapped(service, home, command);
  expect(exitCode).toBe(0);
  expect(existsSync(join(home.project, 'made.txt'))).toBe(true);
  expect(run).toMatchObject({ status: 'succeeded', message: 'All done.' });
  expect(run.usage?.costUsd).toBeGreaterThan(0);
});

test('claude -p that fails', async () => {
  const service = await startTestService();
  const { run } = await runWrapped(service, await claudeHome(service, FAILS), CLAUDE);
  expect(run.status).toBe('failed');
  expect(run.message).toMatch(/400|API Error|scripted/);
});
