import { expect, onTestFinished, test } from 'vitest';
import { eventually, isRunning } from '../../support/eventually.ts';
import type { AgentSettings, CommandLine } from '../../support/command-line.ts';
import { startCommandLine, writeConfig } from '../../support/command-line.ts';
import type { TestService } from '../../support/test-service.ts';
import { startTestService } from '../../support/test-service.ts';

const shell = (script: string) => ({ command: ['sh', '-c', script] });

/** Prints its pid and ignores SIGTERM. */
const DEAF = 'trap "" TERM; echo $$; while :; do sleep 0.05; done';

/** `agentlight up` with one agent, connected. */
async function host(
  agent: AgentSettings,
  settings: Record<string, string> = {},
): Promise<{ service: TestService; up: CommandLine; config: string }> {
  const service = await startTestService(settings);
  const config = writeConfig({ worker: agent });
  const up = startCommandLine(['up', '--config', config], service.env);
  await service.whenAgent('worker', 'live');
  return { service, up, config };
}

async function firstLine(service: TestService, run: string): Promise<string> {
  return eventually(async () => /^(.+)\n/.exec(await service.output(run))?.[1], 'the first line');
}

test('an agent runs when it is asked to, and tells what it does', async () => {
  const { service } = await host(shell('echo working; echo to-stderr >&2; sleep 0.1; echo done'));
  const run = await service.ask('worker');
  const { command, failure } = await service.whenRun(run, 'succeeded');
  expect(command).toBe('sh -c "echo working; echo to-stderr >&2; sleep 0.1; echo done"');
  expect(failure).toBeUndefined();
  const types = (await service.events(run)).map(({ type }) => type);
  expect(types.slice(0, 2)).toEqual(['run.requested', 'run.started']);
  expect(types.at(-1)).toBe('run.succeeded');
  const output = await service.output(run);
  for (const line of ['working\n', 'to-stderr\n', 'done\n']) expect(output).toContain(line);
});

test('a command that fails tells its last lines and its exit code', async () => {
  const { service } = await host(shell('seq 1 40; echo "3 tests failed" >&2; sleep 0.1; exit 4'));
  const { message, failure } = await service.whenRun(await service.ask('worker'), 'failed');
  expect(failure).toEqual({ reason: 'exit', exitCode: 4 });
  expect(message?.split('\n')).toHaveLength(20);
  expect(message).toContain('\n40\n');
  expect(message).toContain('3 tests failed');
});

test('a command that can not start, or takes too long, fails with the reason', async () => {
  const service = await startTestService();
  const config = writeConfig({
    missing: { command: ['no-such-program'] },
    slow: { command: ['sleep', '60'], timeoutMs: 200 },
  });
  startCommandLine(['up', '--config', config], service.env);
  await service.whenAgent('slow', 'live');
  const [missing, slow] = [await service.ask('missing'), await service.ask('slow')];
  expect((await service.whenRun(missing, 'failed')).message).toBe(
    'There is no program "no-such-program".',
  );
  expect((await service.whenRun(slow, 'failed')).failure).toMatchObject({ reason: 'timeout' });
});

test('what was asked for is in the environment of the command, and the token is not', async () => {
  const { service } = await host({
    ...shell(
      'echo "$AGENTLIGHT_AGENT|$AGENTLIGHT_PARAMS|$AGENTLIGHT_PROMPT|$AGENTLIGHT_TOKEN|$MORE"',
    ),
    prompt: true,
  });
  const run = await service.ask('worker', {
    params: { grep: '$(id)' },
    prompt: 'Fix "it"; please',
  });
  await service.whenRun(run, 'succeeded');
  expect(await service.output(run)).toBe('worker|{"grep":"$(id)"}|Fix "it"; please||\n');
});

test('cancelling ends everything that the command started', async () => {
  const deaf = `sh -c 'trap "" TERM; while :; do sleep 0.05; done'`;
  const { service } = await host({ ...shell(`${deaf} & echo $!; wait`), cancelGraceMs: 200 });
  const run = await service.ask('worker');
  const grandchild = Number(await firstLine(service, run));
  await service.client.request('POST', `/v1/runs/${run}/cancel`, { body: {} });
  await service.whenRun(run, 'cancelled');
  expect(isRunning(grandchild)).toBe(false);
});

test.each([
  ['SIGINT', DEAF],
  ['SIGTERM', 'echo on; sleep 60'],
  ['SIGHUP', 'echo on; sleep 60'],
] as const)(
  '%s cancels what is running, says so, and takes less than 2 s',
  async (signal, script) => {
    const { service, up } = await host(shell(script));
    const run = await service.ask('worker');
    await firstLine(service, run);
    const beganAtMs = performance.now();
    up.child.kill(signal);
    expect(await up.ended).toEqual({ exitCode: 0, signal: null });
    expect(performance.now() - beganAtMs).toBeLessThan(2_000);
    expect(await service.run(run)).toMatchObject({
      status: 'cancelled',
      message: 'Its runner was stopped.',
    });
    expect(await service.agent('worker')).toMatchObject({
      liveness: 'offline',
      offlineReason: 'goodbye',
    });
  },
);

test('the second Ctrl-C kills what is running', async () => {
  const { service, up } = await host(shell(DEAF));
  const command = Number(await firstLine(service, await service.ask('worker')));
  up.child.kill('SIGINT');
  up.child.kill('SIGTERM');
  expect((await up.ended).exitCode).toBe(1);
  await eventually(() => !isRunning(command), 'the end of the command');
});

test('a runner that is killed is noticed, and what it was running ends as lost when it is back', async () => {
  const { service, up, config } = await host(shell('echo $$; sleep 60'));
  const run = await service.ask('worker');
  const orphan = Number(await firstLine(service, run));
  onTestFinished(() => void process.kill(-orphan, 'SIGKILL'));
  up.child.kill('SIGKILL');
  const gone = await service.whenAgent('worker', 'offline');
  expect(gone.offlineReason).toBe('connection-lost');
  expect(await service.run(run)).toMatchObject({ status: 'running', lost: true });

  startCommandLine(['up', '--config', config], service.env);
  expect(await service.whenRun(run, 'failed')).toMatchObject({
    failure: { reason: 'lost' },
    message: 'The runner was restarted while this was running.',
  });
  expect((await service.agent('worker'))?.liveness).toBe('live');
});

test('a run goes on while the service is restarted, and everything of it arrives once', async () => {
  const { service } = await host(
    shell('for i in $(seq 1 30); do echo "line $i"; sleep 0.05; done'),
  );
  const run = await service.ask('worker');
  await firstLine(service, run);
  await service.stop();
  await service.start();
  await service.whenRun(run, 'succeeded');
  const lines = (await service.output(run)).trim().split('\n');
  expect(lines).toEqual(Array.from({ length: 30 }, (_, index) => `line ${index + 1}`));
  const types = (await service.events(run)).map(({ type }) => type);
  expect(types.filter((type) => type !== 'run.output')).toEqual([
    'run.requested',
    'run.started',
    'run.succeeded',
  ]);
});

test('a command that ends while the service is away is reported when it is back', async () => {
  const { service, up } = await host(shell('echo on; sleep 0.3; echo off; exit 5'));
  const run = await service.ask('worker');
  await firstLine(service, run);
  await service.stop();
  await eventually(() => up.stdout().includes('worker: failed'), 'the end of the command');
  await service.start();
  const { failure, message } = await service.whenRun(run, 'failed');
  expect(failure).toEqual({ reason: 'exit', exitCode: 5 });
  expect(message).toBe('on\noff');
});

test('what was asked for while the runner was not there is run when it is back, and only once', async () => {
  const { service, up, config } = await host(shell('echo ran'));
  up.child.kill('SIGSTOP');
  const run = await service.ask('worker');
  up.child.kill('SIGKILL');
  await service.whenAgent('worker', 'offline');
  startCommandLine(['up', '--config', config], service.env);
  await service.whenRun(run, 'succeeded');
  expect(await service.output(run)).toBe('ran\n');
});

test('a runner that was frozen is offline, and takes its place again when it goes on', async () => {
  const { service, up } = await host(shell('sleep 60'), {
    AGENTLIGHT_HEARTBEAT_MS: '100',
    AGENTLIGHT_RUNNER_TIMEOUT_MS: '600',
  });
  up.child.kill('SIGSTOP');
  expect((await service.whenAgent('worker', 'offline')).offlineReason).toBe('heartbeat-timeout');
  up.child.kill('SIGCONT');
  await service.whenAgent('worker', 'live');
});

test('a second runner with the same configuration takes over, and the first one ends', async () => {
  const { service, up, config } = await host(shell('sleep 60'));
  const second = startCommandLine(['up', '--config', config], service.env);
  expect((await up.ended).exitCode).toBe(1);
  expect(up.stdout()).toContain('has taken over');
  expect((await service.agent('worker'))?.liveness).toBe('live');
  expect(second.child.exitCode).toBeNull();
});

test('waits for a service that is not there yet', async () => {
  const service = await startTestService();
  await service.stop();
  const config = writeConfig({ worker: shell('true') });
  const up = startCommandLine(['up', '--config', config], service.env);
  await eventually(() => up.stdout().includes('nothing listens there. Retrying'), 'the warning');
  await service.start();
  await service.whenAgent('worker', 'live');
});

test('a token that is refused ends it with exit code 77', async () => {
  const service = await startTestService();
  const config = writeConfig({ worker: shell('true') });
  const up = startCommandLine(['up', '--config', config], {
    ...service.env,
    AGENTLIGHT_TOKEN: 'x',
  });
  expect((await up.ended).exitCode).toBe(77);
  expect(up.stderr()).toContain('The token is unknown or was revoked.');
});
