import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bashScript } from '../../../service/cli/completion/bash.ts';
import { fishScript } from '../../../service/cli/completion/fish.ts';
import { placesOf } from '../../../service/cli/completion/places.ts';
import { zshScript } from '../../../service/cli/completion/zsh.ts';
import { createProgram } from '../../../service/cli/program.ts';
import { MAIN, startCommandLine } from '../../support/command-line.ts';
import { startTestService } from '../../support/test-service.ts';

const run = promisify(execFile);
const NOWHERE = { ...process.env, AGENTLIGHT_URL: 'http://127.0.0.1:4', AGENTLIGHT_TOKEN: 'x' };

/** A folder with an `agentlight` command and files to complete, and the completion script. */
async function prepare(): Promise<{ dir: string; script: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'agentlight-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const shim = join(dir, 'agentlight');
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  chmodSync(shim, 0o755);
  mkdirSync(join(dir, 'folder'));
  const line = startCommandLine(['completion', 'bash'], NOWHERE);
  expect(await line.ended).toMatchObject({ exitCode: 0 });
  return { dir, script: line.stdout() };
}

/** Completes the last of these words in a real bash. */
async function complete(
  { dir, script }: { dir: string; script: string },
  words: readonly string[],
  env: NodeJS.ProcessEnv = NOWHERE,
): Promise<string[]> {
  const ask = `
set -u
${script}
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_agentlight "$1" "\${COMP_WORDS[COMP_CWORD]}" ""
printf '%s\\n' "\${COMPREPLY[@]-}"`;
  const path = [dir, process.env['PATH']].join(delimiter);
  const { stdout, stderr } = await run('bash', ['-c', ask, 'bash', 'agentlight', ...words], {
    cwd: dir,
    env: { ...env, PATH: path },
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(process.platform === 'win32')('in bash', () => {
  test('every command, subcommand and option is completed where it may stand', async () => {
    const shell = await prepare();
    const program = createProgram();
    const names = program.commands.map((command) => command.name());
    expect(await complete(shell, [''])).toEqual([...names, 'emit', 'hook']);
    expect(await complete(shell, ['ru'])).toEqual(['run', 'runs']);
    expect(await complete(shell, ['token', ''])).toEqual(['create', 'list', 'revoke']);
    expect(await complete(shell, ['token', 'create', '--'])).toEqual([
      '--user',
      '--scope',
      '--label',
      '--json',
      '--help',
    ]);
    expect(await complete(shell, ['token', 'create', '--user', 'me', '--l'])).toEqual(['--label']);
    expect(await complete(shell, ['completion', ''])).toEqual(['bash', 'zsh', 'fish']);
    expect(await complete(shell, ['emit', 'm'])).toEqual(['metric', 'message']);
    expect(await complete(shell, ['setup', 'codex', '--y'])).toEqual(['--yes']);
  });

  test('values are what they are of, and no option is offered behind what "run" runs', async () => {
    const shell = await prepare();
    expect(await complete(shell, ['run', '--cwd', 'fo'])).toEqual(['folder']);
    expect(await complete(shell, ['run', '--cwd', '=', 'fo'])).toEqual(['folder']);
    expect(await complete(shell, ['run', 'agentl'])).toEqual(['agentlight']);
    expect(await complete(shell, ['run', '--', 'agentl'])).toEqual(['agentlight']);
    // readline completes files then
    expect(await complete(shell, ['run', 'ls', '--'])).toEqual([]);
    expect(await complete(shell, ['run', '--', 'ls', ''])).toEqual([]);
    expect(await complete(shell, ['up', '--config', ''])).toEqual([]);
  });

  test('agents are those of the service, and nobody is told when it does not answer', async () => {
    const shell = await prepare();
    const { env, client } = await startTestService();
    const parameters = { type: 'object', id: 'fake', properties: { id: { const: '$(touch x)' } } };
    await client.registerAgent('unit-tests', {
      name: '","id":"evil"$(touch x)',
      capabilities: [],
      parameters: parameters as never,
    });
    await client.registerAgent('nightly', { name: 'Nightly', capabilities: [] });
    expect((await complete(shell, ['logs', ''], env)).toSorted()).toEqual([
      'nightly',
      'unit-tests',
    ]);
    expect(await complete(shell, ['runs', '--agent', 'u'], env)).toEqual(['unit-tests']);
    expect(await complete(shell, ['runs', '--agent', '=', 'u'], env)).toEqual(['unit-tests']);
    expect(await complete(shell, ['logs', ''], NOWHERE)).toEqual([]);
    const bad = { ...env, AGENTLIGHT_TOKEN: 'nonsense' };
    expect(await complete(shell, ['logs', ''], bad)).toEqual([]);
  });
});

test('each script knows every command and every option', () => {
  const places = placesOf(createProgram());
  for (const script of [bashScript(places), zshScript(places), fishScript(places)]) {
    for (const { path, commands, flags } of places) {
      for (const { name } of commands) expect(script).toContain(`${path}/${name}`);
      for (const flag of flags) {
        for (const name of flag.names) expect(script).toContain(name.replace(/^--?/, ''));
      }
    }
  }
});

test('another shell is refused with those that there are', async () => {
  const line = startCommandLine(['completion', 'tcsh'], NOWHERE);
  expect((await line.ended).exitCode).toBe(2);
  expect(line.stderr()).toContain('bash, zsh, fish');
});

describe.each(['zsh', 'fish'])('in %s', (shell) => {
  const has = () => {
    try {
      execFileSync(shell, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };

  test.skipIf(!has())('the script can be read', async () => {
    const line = startCommandLine(['completion', shell], NOWHERE);
    await line.ended;
    const reading = run(shell, ['-n', '/dev/stdin']);
    reading.child.stdin?.end(line.stdout());
    expect((await reading).stderr).toBe('');
  });
});
