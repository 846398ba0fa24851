import { expect, test } from 'vitest';
import { startCommandLine } from '../../support/command-line.ts';
import { startTestService } from '../../support/test-service.ts';

async function call(args: readonly string[], env: NodeJS.ProcessEnv) {
  const line = startCommandLine(args, env);
  const { exitCode } = await line.ended;
  return { exitCode, stdout: line.stdout(), stderr: line.stderr() };
}

test('what has run is listed, and what it printed can be read again', async () => {
  const { env } = await startTestService();
  expect((await call(['runs'], env)).stdout).toBe('No runs yet.\n');
  const script =
    "process.stdout.write('\\x1b[32mgreen\\x1b[0m\\n\\x07'); console.error('bad'); process.exitCode = 3";
  await call(['run', '--id', 'one', '--', process.execPath, '-e', script], env);
  await call(['run', '--id', 'two', '--', process.execPath, '-e', '0'], env);

  const lines = (await call(['runs'], env)).stdout.trim().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/ two +succeeded /);
  expect(lines[2]).toMatch(/ one +failed .* bad$/);
  const json = (await call(['runs', '--status', 'failed', '--json'], env)).stdout;
  expect(JSON.parse(json)).toMatchObject({ agent: 'one', failure: { exitCode: 3 } });

  const logs = await call(['logs', 'one'], env);
  expect(logs).toEqual({ exitCode: 0, stdout: 'green\n', stderr: 'bad\n' });
  expect((await call(['logs', 'one', '--raw'], env)).stdout).toBe('\x1b[32mgreen\x1b[0m\n\x07');
  const { id } = JSON.parse(json) as { id: string };
  expect((await call(['logs', id, '--json'], env)).stdout).toContain('"type":"run.started"');
});

test('a run that there is not, and a query that can not be, are told', async () => {
  const { env } = await startTestService();
  const unknown = await call(['logs', 'nobody'], env);
  expect([unknown.exitCode, unknown.stdout]).toEqual([2, '']);
  expect(unknown.stderr).toContain('There is no run of an agent "nobody".');
  expect((await call(['runs', '--status', 'odd'], env)).exitCode).toBe(1);
});

test('agents ID shows an agent with its connections', async () => {
  const { env } = await startTestService();
  await startCommandLine(['run', '--id', 'shown', '--', 'true'], env).ended;
  const text = startCommandLine(['agents', 'shown'], env);
  expect((await text.ended).exitCode).toBe(0);
  expect(text.stdout()).toMatch(/CONNECTED +UNTIL +ENDED BY +RUNNER/);
  expect(text.stdout()).toMatch(/ ended /);
  const json = startCommandLine(['agents', 'shown', '--json'], env);
  await json.ended;
  const shown = JSON.parse(json.stdout());
  expect(shown).toMatchObject({ id: 'shown', connections: [{ reason: 'ended' }] });
  const nobody = startCommandLine(['agents', 'nobody'], env);
  expect((await nobody.ended).exitCode).not.toBe(0);
  expect(nobody.stderr()).toContain('There is no agent "nobody".');
});
