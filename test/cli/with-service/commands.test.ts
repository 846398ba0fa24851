import { expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startCommandLine } from '../../support/command-line.ts';
import { startTestService } from '../../support/test-service.ts';

const NOWHERE = { ...process.env, AGENTLIGHT_URL: 'http://127.0.0.1:4', AGENTLIGHT_TOKEN: 'x' };

async function call(args: readonly string[], env: NodeJS.ProcessEnv) {
  const line = startCommandLine(args, env);
  const { exitCode } = await line.ended;
  return { exitCode, stdout: line.stdout(), stderr: line.stderr() };
}

test('help begins with examples; an unknown command gets a suggestion and exit code 2', async () => {
  const help = await call(['--help'], NOWHERE);
  expect(help).toMatchObject({ exitCode: 0, stderr: '' });
  expect(help.stdout).toMatch(/^Examples:\n {2}agentlight serve/);
  const unknown = await call(['agnts'], NOWHERE);
  expect(unknown).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: "agentlight: unknown command 'agnts'\n(Did you mean agents?)\n",
  });
  expect((await call(['run', '--nmae', 'x', '--', 'true'], NOWHERE)).exitCode).toBe(2);
  expect((await call(['serve', '--port', 'x'], NOWHERE)).exitCode).toBe(2);
});

test('a service that is not there gives 69 and says how to start it', async () => {
  for (const command of ['agents', 'tail', 'pair']) {
    const { exitCode, stdout, stderr } = await call([command], NOWHERE);
    expect([exitCode, stdout]).toEqual([69, '']);
    expect(stderr).toContain(
      'agentlight: No answer from http://127.0.0.1:4: nothing listens there.\n',
    );
    expect(stderr).toContain('agentlight serve');
  }
});

test('tokens are made, listed, refused where they do not reach, and revoked', async () => {
  const { env } = await startTestService();
  const made = await call(
    ['token', 'create', '--user', 'ci', '--scope', 'report,read', '--json'],
    env,
  );
  const { id, token, scopes } = JSON.parse(made.stdout);
  expect(scopes).toEqual(['report', 'read']);
  const asCi = { ...env, AGENTLIGHT_TOKEN: token };
  expect(await call(['agents'], asCi)).toMatchObject({ exitCode: 0 });
  const refused = await call(['token', 'list'], asCi);
  expect(refused.exitCode).toBe(77);
  expect(refused.stderr).toContain('This needs a token with the scope admin.');

  const list = await call(['token', 'list'], env);
  expect(list.stdout).toMatch(new RegExp(`${id} +ci +report,read +\\d{4}-\\d\\d-\\d\\d +valid`));
  expect(list.stdout).not.toContain(token);
  expect(await call(['token', 'revoke', id], env)).toMatchObject({ exitCode: 0 });
  expect((await call(['agents'], asCi)).exitCode).toBe(77);
  expect((await call(['token', 'list'], env)).stdout).toMatch(new RegExp(`${id} .* revoked`));
});

test('a scope that does not exist is refused before anything is asked', async () => {
  const { exitCode, stderr } = await call(
    ['token', 'create', '--user', 'x', '--scope', 'all'],
    NOWHERE,
  );
  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    'agentlight: There is no scope "all". Valid scopes are read, operate, report, admin, separated by commas.\n',
  );
});

test('a pairing code is shown with how to use it, or as JSON', async () => {
  const { env, url, client } = await startTestService();
  const { stdout } = await call(['pair'], env);
  const code = /code +([0-9A-Z]{4}-[0-9A-Z]{4})\n/.exec(stdout)?.[1];
  expect(stdout).toContain(`address  ${url}\n`);
  const answer = await client.request<{ user: string }>('POST', '/v1/pair', { body: { code } });
  expect(answer.user).toBe('owner');
  const json = JSON.parse((await call(['pair', '--json'], env)).stdout);
  expect(Object.keys(json)).toEqual(['code', 'expiresAt']);
});

test('agents are listed with what they do', async () => {
  const { env, client } = await startTestService();
  expect((await call(['agents'], env)).stdout).toBe(
    'No agents yet. Try: agentlight run -- npm test\n',
  );
  await client.registerAgent('a', { name: 'Ada', host: 'here', capabilities: [] });
  expect((await call(['agents'], env)).stdout).toBe(
    'ID  STATUS  CONNECTION   HOST  NAME\na   idle    unmonitored  here  Ada\n',
  );
  const json = JSON.parse((await call(['agents', '--json'], env)).stdout);
  expect(json).toMatchObject({ id: 'a', name: 'Ada', status: 'idle', liveness: 'unmonitored' });
});

test('tail tells what happens, also over a restart of the service', async () => {
  const service = await startTestService();
  const text = startCommandLine(['tail'], service.env);
  const json = startCommandLine(['tail', '--json'], service.env);
  await eventually(async () => {
    await service.client.registerAgent('a', { name: `A ${performance.now()}`, capabilities: [] });
    return text.stdout() !== '' && json.stdout() !== '';
  }, 'both to follow');
  await service.stop();
  await service.start();
  await service.client.registerAgent('b', { name: 'B', capabilities: [] });
  await eventually(() => text.stdout().includes('b  agent.registered  B\n'), 'the line');
  await eventually(() => json.stdout().includes('"agent":"b"'), 'the JSON');
  const seqs = json
    .stdout()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).seq);
  expect(seqs).toEqual(seqs.map((_, index) => seqs[0] + index));
});

test('serve says what is wrong with its configuration, in one line', async () => {
  const { exitCode, stderr } = await call(['serve'], { ...NOWHERE, AGENTLIGHT_PORT: 'x' });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^agentlight: AGENTLIGHT_PORT is "x"; it must be .*\n$/);
});
