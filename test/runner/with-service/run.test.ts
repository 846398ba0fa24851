import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { eventually, isRunning } from '../../support/eventually.ts';
import { MAIN, startCommandLine } from '../../support/command-line.ts';
import type { TestService } from '../../support/test-service.ts';
import { startTestService } from '../../support/test-service.ts';

const execute = promisify(execFile);

const NOWHERE = {
  ...process.env,
  AGENTLIGHT_URL: 'http://127.0.0.1:4',
  AGENTLIGHT_TOKEN: 'x',
  AGENTLIGHT_DATA_DIR: mkdtempSync(join(tmpdir(), 'agentlight-test-')),
};
afterAll(() => rmSync(NOWHERE.AGENTLIGHT_DATA_DIR, { recursive: true }));

/** The only run of an agent. */
async function runOf(service: TestService, agent: string): Promise<string> {
  return eventually(async () => {
    const found = await service.agent(agent);
    return found?.runs[0] ?? found?.lastRun;
  }, `a run of ${agent}`);
}

test('a command behaves as if it stood there alone', async () => {
  const program = `
    process.stdin.on('data', (chunk) => process.stdout.write(chunk));
    process.stdin.on('end', () => {
      process.stderr.write(Buffer.from([0, 0xff, 0x0a]));
      process.stdout.write(JSON.stringify(process.argv.slice(1)));
      process.exitCode = 42;
    });`;
  const args = ['--name', 'not ours', '-x', 'a b', '$(id)', '--', ''];
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [MAIN, 'run', '--', process.execPath, '-e', program, '--', ...args],
    { input: Buffer.from([1, 0xfe, 0x0d, 0x0a]), env: NOWHERE },
  );
  expect(status).toBe(42);
  expect(stdout).toEqual(
    Buffer.concat([Buffer.from([1, 0xfe, 0x0d, 0x0a]), Buffer.from(JSON.stringify(args))]),
  );
  // beside its own bytes, one line about the service
  expect(stderr.includes(Buffer.from([0, 0xff, 0x0a]))).toBe(true);
  const warnings = stderr
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('agentlight: '));
  expect(warnings).toEqual([expect.stringContaining('The command runs anyway.')]);
});

test('a command is shown while it runs, and its agent is gone without alarm afterwards', async () => {
  const service = await startTestService();
  const script = 'echo hello; read line; echo "$line"; exit 3';
  const line = startCommandLine(
    ['run', '--name', 'Unit tests', '--', 'sh', '-c', script],
    service.env,
  );
  const agent = await service.whenAgent('unit-tests', 'live');
  expect(agent).toMatchObject({ name: 'Unit tests', capabilities: ['cancel', 'pause'] });
  const run = await runOf(service, 'unit-tests');
  await eventually(async () => (await service.output(run)).includes('hello'), 'the output');
  expect((await service.run(run)).status).toBe('running');
  line.child.stdin.end('and good-bye\n');
  expect((await line.ended).exitCode).toBe(3);
  expect(await service.run(run)).toMatchObject({
    status: 'failed',
    message: 'hello\nand good-bye',
    failure: { reason: 'exit', exitCode: 3 },
  });
  expect((await service.agent('unit-tests'))?.liveness).toBe('ended');
  expect(line.stderr()).toBe('');
});

test('even the shortest command is reported', async () => {
  const service = await startTestService();
  const line = startCommandLine(['run', '--id', 'short', '--', 'true'], service.env);
  expect((await line.ended).exitCode).toBe(0);
  const run = await runOf(service, 'short');
  expect((await service.run(run)).status).toBe('succeeded');
});

test('cancelling from the browser ends the command with all that it started', async () => {
  const service = await startTestService();
  const script = 'sleep 60 & echo $!; wait';
  const line = startCommandLine(['run', '--id', 'c', '--', 'sh', '-c', script], service.env);
  const grandchild = Number(await eventually(() => line.stdout().trim(), 'the grandchild'));
  const run = await runOf(service, 'c');
  await service.client.request('POST', `/v1/runs/${run}/cancel`, { body: {} });
  expect(await line.ended).toEqual({ exitCode: null, signal: 'SIGTERM' });
  expect(isRunning(grandchild)).toBe(false);
  expect((await service.run(run)).status).toBe('cancelled');
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s reaches the command once, and ends us as it ended the command',
  async (signal) => {
    const service = await startTestService();
    const program = `
      let count = 0;
      process.on('${signal}', () => {
        console.log('signal', ++count);
        setTimeout(() => { process.removeAllListeners('${signal}'); process.kill(process.pid, '${signal}'); }, 200);
      });
      console.log('ready');
      setInterval(() => {}, 1000);`;
    const line = startCommandLine(
      ['run', '--id', 's', '--', process.execPath, '-e', program],
      service.env,
    );
    await eventually(() => line.stdout().includes('ready'), 'the command');
    line.child.kill(signal);
    expect(await line.ended).toEqual({ exitCode: null, signal });
    expect(line.stdout()).toBe('ready\nsignal 1\n');
    const run = await runOf(service, 's');
    expect(await service.run(run)).toMatchObject({
      status: 'cancelled',
      message: `Stopped by ${signal}.`,
    });
  },
);

test('a command that a signal does not end goes on, and so do we', async () => {
  const program = `
    process.once('SIGINT', () => { console.log('not yet'); setTimeout(() => process.exit(0), 100); });
    console.log('ready');
    setInterval(() => {}, 1000);`;
  const line = startCommandLine(['run', '--', process.execPath, '-e', program], NOWHERE);
  await eventually(() => line.stdout().includes('ready'), 'the command');
  line.child.kill('SIGINT');
  expect(await line.ended).toEqual({ exitCode: 0, signal: null });
  expect(line.stdout()).toBe('ready\nnot yet\n');
});

test('a service that is started later gets the whole story', async () => {
  const service = await startTestService();
  await service.stop();
  const script = 'echo early; read line; echo late';
  const line = startCommandLine(['run', '--id', 'w', '--', 'sh', '-c', script], service.env);
  await eventually(() => line.stderr().includes('nothing listens there'), 'the warning');
  await service.start();
  await service.whenAgent('w', 'live');
  const run = await runOf(service, 'w');
  line.child.stdin.end('\n');
  expect((await line.ended).exitCode).toBe(0);
  expect((await service.run(run)).status).toBe('succeeded');
  expect(await service.output(run)).toBe('early\nlate\n');
  expect(line.stderr().trim().split('\n')).toHaveLength(1);
});

test('a service that accepts and never answers costs two seconds at the end, and nothing before', async () => {
  const silent = createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as AddressInfo;
  const line = startCommandLine(['run', '--', 'sh', '-c', 'echo done; exit 6'], {
    ...NOWHERE,
    AGENTLIGHT_URL: `http://127.0.0.1:${port}`,
  });
  await eventually(() => line.stdout() === 'done\n', 'the output');
  const beganAtMs = performance.now();
  expect((await line.ended).exitCode).toBe(6);
  expect(performance.now() - beganAtMs).toBeLessThan(3_000);
});

test('the same command twice at a time is two agents', async () => {
  const service = await startTestService();
  const first = startCommandLine(['run', '--name', 'Build', '--', 'cat'], service.env);
  await service.whenAgent('build', 'live');
  const second = startCommandLine(['run', '--name', 'Build', '--', 'cat'], service.env);
  await service.whenAgent('build-2', 'live');
  first.child.stdin.end();
  second.child.stdin.end();
  await Promise.all([first.ended, second.ended]);
  const run = await runOf(service, 'build-2');
  expect(await service.run(run)).toMatchObject({ agent: 'build-2', status: 'succeeded' });
});

test('many of one name at once are an agent and a run each, from start to end', async () => {
  const service = await startTestService();
  const count = 12;
  const lines = Array.from({ length: count }, (_, number) => {
    const command = ['sh', '-c', `echo ${number}; cat`];
    return startCommandLine(['run', '--name', 'Many', '--', ...command], service.env);
  });
  const agents = await eventually(
    async () => {
      const all = await service.client.agents();
      const live = all.filter(({ id, liveness }) => id.startsWith('many') && liveness === 'live');
      return live.length === count && live;
    },
    'all of them',
    60_000,
  );
  for (const line of lines) line.child.stdin.end();
  await Promise.all(lines.map(({ ended }) => ended));
  const outputs = await Promise.all(
    agents.map(async ({ id }) => {
      const run = await runOf(service, id);
      expect(await service.run(run)).toMatchObject({ agent: id, status: 'succeeded' });
      return Number(await service.output(run));
    }),
  );
  expect(outputs.toSorted((a, b) => a - b)).toEqual([...Array(count).keys()]);
  for (const line of lines) expect(line.stderr()).toBe('');
}, 90_000);

test('a wrapper that was killed leaves its run behind; the next one of that name ends it as lost', async () => {
  const service = await startTestService();
  const first = startCommandLine(
    ['run', '--id', 'k', '--', 'sh', '-c', 'echo $$; cat'],
    service.env,
  );
  const orphan = Number(await eventually(() => first.stdout().trim(), 'the command'));
  const run = await runOf(service, 'k');
  first.child.kill('SIGKILL');
  await service.whenAgent('k', 'offline');
  await eventually(() => !isRunning(orphan), 'the end of cat, whose input has ended');
  const second = startCommandLine(['run', '--id', 'k', '--', 'true'], service.env);
  await second.ended;
  expect((await service.whenRun(run, 'failed')).failure).toEqual({ reason: 'lost' });
});

test('a program that does not exist gives 127, one that can not be executed 126', async () => {
  const missing = startCommandLine(['run', '--', 'no-such-program'], NOWHERE);
  expect((await missing.ended).exitCode).toBe(127);
  expect(missing.stderr()).toContain('agentlight: There is no program "no-such-program".');
  const folder = startCommandLine(['run', '--', '/'], NOWHERE);
  expect((await folder.ended).exitCode).toBe(126);
});

test('a command that can not be started is a failed run, and nothing else is said', async () => {
  const service = await startTestService();
  for (const [program, exitCode] of [
    ['./no-such', 127],
    ['/', 126],
  ] as const) {
    const line = startCommandLine(['run', '--id', 'n', '--', program], service.env);
    expect((await line.ended).exitCode).toBe(exitCode);
    const run = await service.run(await runOf(service, 'n'));
    expect(run).toMatchObject({ status: 'failed', failure: { reason: 'spawn', exitCode } });
    expect(line.stderr()).toBe(`agentlight: ${run.message}\n`);
  }
});

test('what reads the output of another command may go at any time', async () => {
  const service = await startTestService();
  const args = ['run', '--id', 'big', '--', 'seq', '1', '100000'];
  await startCommandLine(args, service.env).ended;
  for (const command of ['logs big', 'logs big --json', 'runs', '--help']) {
    const line = `"${process.execPath}" "${MAIN}" ${command} | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await execute('bash', ['-c', line], { env: service.env });
    expect([command, stderr]).toEqual([command, '']);
    // what is short can be in the pipe before its reader goes
    expect(['0\n', '141\n']).toContain(stdout);
  }
});

test('behind a reader that has enough, the command ends as it would alone', () => {
  const wrapped = `"${process.execPath}" "${MAIN}" run -- yes | head -n 1`;
  const { stdout } = spawnSync('sh', ['-c', wrapped], { env: NOWHERE, timeout: 10_000 });
  expect(stdout.toString()).toBe('y\n');
});

test('output can be left alone', async () => {
  const service = await startTestService();
  const args = ['run', '--id', 'o', '--no-output', '--', 'sh', '-c', 'echo secret; exit 1'];
  const line = startCommandLine(args, service.env);
  expect((await line.ended).exitCode).toBe(1);
  expect(line.stdout()).toBe('secret\n');
  const run = await runOf(service, 'o');
  expect(await service.output(run)).toBe('');
  expect((await service.run(run)).message).toBe('Exited with code 1 without output.');
});
