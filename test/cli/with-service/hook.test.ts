import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Agent, Approval } from '../../../protocol/fleet/fleet.ts';
import type { Snapshot } from '../../../protocol/wire/messages.ts';
import { MAIN, startCommandLine } from '../../support/command-line.ts';
import { eventually } from '../../support/eventually.ts';
import type { TestService } from '../../support/test-service.ts';
import { startTestService } from '../../support/test-service.ts';

const BASE = { session_id: 'abcdef01-2345', cwd: '/home/mira/api-server', prompt_id: 'p1' };
const CALL = { tool_name: 'Bash', tool_input: { command: 'npm publish' } };
const PERMISSION = { ...BASE, hook_event_name: 'PermissionRequest', ...CALL };
const ID = 'claude-api-server-abcdef01';

function call(env: NodeJS.ProcessEnv, input: object, tool = 'claude-code') {
  const line = startCommandLine(['hook', tool], {
    ...env,
    AGENTLIGHT_HOOK_KEEPER: 'off',
    PATH: '',
  });
  line.child.stdin.end(JSON.stringify(input));
  return line;
}

async function agentOf(service: TestService, id = ID): Promise<Agent | undefined> {
  const { fleet } = await service.client.request<Snapshot>('GET', '/v1/snapshot');
  return fleet.agents[id];
}

const asked = (service: TestService): Promise<Approval> =>
  eventually(async () => (await agentOf(service))?.approvals?.[0], 'the question');

function decide(service: TestService, { id, hash }: Approval, choice: string) {
  const body = { choice, hash, via: 'popup' };
  return service.client.request('POST', `/v1/approvals/${id}/decision`, { body });
}

test('a session is an agent, and each prompt a run', async () => {
  const service = await startTestService();
  for (const input of [
    { ...BASE, hook_event_name: 'SessionStart', source: 'startup' },
    { ...BASE, hook_event_name: 'UserPromptSubmit', prompt: 'Publish it' },
    { ...BASE, hook_event_name: 'PreToolUse', ...CALL, tool_use_id: 'toolu_1' },
  ]) {
    const { ended, stdout } = call(service.env, input);
    expect((await ended).exitCode).toBe(0);
    expect(stdout()).toBe('');
  }
  const agent = await agentOf(service);
  expect(agent).toMatchObject({ name: 'api-server', kind: 'claude-code', ephemeral: true });
  const run = await service.run(agent?.runs[0] ?? '');
  expect(run).toMatchObject({ status: 'running', progress: { message: 'Bash: npm publish' } });
  await call(service.env, { ...BASE, hook_event_name: 'SessionEnd', reason: 'other' }).ended;
  expect((await service.run(run.id)).status).toBe('cancelled');
});

test('a session inside of a run is a part of that', async () => {
  const service = await startTestService();
  const outer = '0198c2f4-5b7f-7c1a-9d2e-3f4a5b6c7d8e';
  const input = { ...BASE, hook_event_name: 'UserPromptSubmit', prompt: 'Publish it' };
  await call({ ...service.env, AGENTLIGHT_RUN: outer }, input).ended;
  const run = await service.run((await agentOf(service))?.runs[0] ?? '');
  expect(run.parent).toBe(outer);
});

test('a new prompt ends what went on before: an interruption calls no hook', async () => {
  const service = await startTestService();
  const prompt = (id: string) => ({ ...BASE, hook_event_name: 'UserPromptSubmit', prompt_id: id });
  await call(service.env, prompt('p1')).ended;
  const first = (await agentOf(service))?.runs[0] ?? '';
  await call(service.env, prompt('p2')).ended;
  const agent = await agentOf(service);
  expect(agent?.runs).toHaveLength(1);
  expect(agent?.runs).not.toContain(first);
  expect((await service.run(first)).status).toBe('cancelled');
});

describe('a permission', () => {
  test.each([
    ['allow', '{"behavior":"allow"}'],
    ['deny', '{"behavior":"deny","message":"Denied in the browser by owner."}'],
  ])('is decided in the browser: %s', async (choice, expected) => {
    const service = await startTestService();
    const hook = call(service.env, PERMISSION);
    await decide(service, await asked(service), choice);
    expect((await hook.ended).exitCode).toBe(0);
    const output = JSON.parse(hook.stdout()) as { hookSpecificOutput: { decision: object } };
    expect(JSON.stringify(output.hookSpecificOutput.decision)).toBe(expected);
  });

  test('that is sent back to the terminal is no decision', async () => {
    const service = await startTestService();
    const hook = call(service.env, PERMISSION);
    await decide(service, await asked(service), 'terminal');
    expect((await hook.ended).exitCode).toBe(0);
    expect(hook.stdout()).toBe('');
  });

  test('that was given in the terminal is over here, and the hook steps aside', async () => {
    const service = await startTestService();
    const hook = call(service.env, PERMISSION);
    const { id } = await asked(service);
    await call(service.env, { ...BASE, hook_event_name: 'PostToolUse', ...CALL }).ended;
    expect((await hook.ended).exitCode).toBe(0);
    expect(hook.stdout()).toBe('');
    expect((await agentOf(service))?.closedApprovals).toMatchObject([{ id, outcome: 'withdrawn' }]);
  });

  test('whose hook is ended, as a denial in the terminal does, is withdrawn', async () => {
    const service = await startTestService();
    const hook = call(service.env, PERMISSION);
    await asked(service);
    hook.child.kill('SIGTERM');
    await hook.ended;
    await eventually(async () => (await agentOf(service))?.approvals?.length === 0, 'no question');
  });

  test('is answered also after a restart of the service', async () => {
    const service = await startTestService();
    const hook = call(service.env, PERMISSION);
    const question = await asked(service);
    await service.stop();
    await service.start();
    await decide(service, question, 'allow');
    expect((await hook.ended).exitCode).toBe(0);
    expect(hook.stdout()).toContain('"behavior":"allow"');
  });
});

describe('our own failure is no answer and no delay', () => {
  test('a service that is down', async () => {
    const env = { ...process.env, AGENTLIGHT_URL: 'http://127.0.0.1:4', AGENTLIGHT_TOKEN: 'x' };
    const hook = call(env, PERMISSION);
    expect(await hook.ended).toEqual({ exitCode: 0, signal: null });
    expect(hook.stdout() + hook.stderr()).toBe('');
  });

  test('a service that hangs', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const env = {
      ...process.env,
      AGENTLIGHT_URL: `http://127.0.0.1:${port}`,
      AGENTLIGHT_TOKEN: 'x',
    };
    const hook = call(env, PERMISSION);
    expect(await hook.ended).toEqual({ exitCode: 0, signal: null });
    expect(hook.stdout() + hook.stderr()).toBe('');
  });

  test.each(['', 'no json', '[]', '{"hook_event_name":1}'])('nonsense: %j', async (input) => {
    const hook = startCommandLine(['hook', 'claude-code'], process.env);
    hook.child.stdin.end(input);
    expect(await hook.ended).toEqual({ exitCode: 0, signal: null });
    expect(hook.stdout() + hook.stderr()).toBe('');
  });
});

test('the end of a turn that Codex notifies is shown, and told to who was there before us', async () => {
  const service = await startTestService();
  const json = JSON.stringify({
    type: 'agent-turn-complete',
    'thread-id': 'fedcba98-1',
    'turn-id': 't1',
    cwd: '/home/mira/web',
    'last-assistant-message': 'All done.\nReally.',
  });
  const args = ['hook', 'codex-notify', '--then', process.execPath, '-e', '0', json];
  expect((await startCommandLine(args, service.env).ended).exitCode).toBe(0);
  const agent = await agentOf(service, 'codex-web-fedcba98');
  expect(agent?.recent).toMatchObject([{ status: 'succeeded' }]);
  expect((await service.run(agent?.lastRun ?? '')).message).toBe('All done.');
});

describe('the monitor of a session', () => {
  async function startMonitored() {
    const service = await startTestService();
    await call(service.env, { ...BASE, hook_event_name: 'UserPromptSubmit', prompt: 'x' }).ended;
    const session = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
    });
    onTestFinished(() => void session.kill('SIGKILL'));
    const args = [MAIN, 'hook', 'monitor', ID, String(session.pid), 'claude-code', 's'];
    const monitor = spawn(process.execPath, args, { env: service.env, stdio: 'ignore' });
    onTestFinished(() => void monitor.kill('SIGKILL'));
    const agent = await service.whenAgent(ID, 'live');
    return { service, session, monitor, run: agent.runs[0] ?? '' };
  }

  test('tells that it was killed, and what that ended', async () => {
    const { service, session, monitor, run } = await startMonitored();
    const over = once(monitor, 'exit');
    session.kill('SIGKILL');
    await service.whenAgent(ID, 'ended');
    expect(await service.run(run)).toMatchObject({
      status: 'failed',
      failure: { reason: 'lost' },
      message: 'The session ended during the run.',
    });
    await over;
  });

  test('that is killed itself is noticed like any runner', async () => {
    const { service, monitor } = await startMonitored();
    monitor.kill('SIGKILL');
    const agent = await service.whenAgent(ID, 'offline');
    expect(agent.offlineReason).toBe('connection-lost');
  });
});
