import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { MAIN, startCommandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { openCommandLineAtTerminal } from '../support/terminal.ts';

const SETTINGS = '{\n    "model": "opus"\n}\n';

/** A home folder with settings of Claude Code, isolated from the machine's own. */
function home(settings?: string) {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'agentlight-test-')));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const [claude, codex] = [join(dir, '.claude'), join(dir, '.codex')];
  const file = join(claude, 'settings.json');
  if (settings !== undefined) {
    mkdirSync(claude);
    writeFileSync(file, settings, { mode: 0o640 });
    chmodSync(file, 0o640);
  }
  const { CLAUDE_CONFIG_DIR: _claude, CODEX_HOME: _codex, ...rest } = process.env;
  const env = { ...rest, HOME: dir, USERPROFILE: dir };
  return { dir, claude, codex, file, env };
}

async function setup(args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string) {
  const line = startCommandLine(['setup', ...args], env, cwd);
  const { exitCode } = await line.ended;
  return { exitCode, stdout: line.stdout(), stderr: line.stderr() };
}

const text = (file: string) => readFileSync(file, 'utf8');

test('without a terminal it shows what would change, and changes nothing', async () => {
  const { claude, file, env } = home(SETTINGS);
  const { exitCode, stdout, stderr } = await setup(['claude-code'], env);
  expect(exitCode).toBe(1);
  expect(stdout).toContain(`--- ${file}\n+++ ${file}\n@@ -1 +1 @@\n`);
  expect(stdout).toContain('\n-    "model": "opus"\n+    "model": "opus",\n+    "hooks": {\n');
  expect(stderr).toBe('Nothing was changed. To write this, use --yes.\n');
  expect(text(file)).toBe(SETTINGS);
  expect(readdirSync(claude)).toEqual(['settings.json']);
});

test('with --yes the hooks are in, the old file is beside it, and a second time changes nothing', async () => {
  const { claude, file, env } = home(SETTINGS);
  const first = await setup(['claude-code', '--yes', '--json'], env);
  expect(first.exitCode).toBe(0);
  const told = JSON.parse(first.stdout);
  expect(told).toEqual({ file, changed: true, backup: expect.any(String) });
  expect(told.backup).toMatch(/settings\.json\.agentlight-backup-\d{8}T\d{6}Z$/);
  expect(text(told.backup)).toBe(SETTINGS);
  const { model, hooks } = JSON.parse(text(file));
  expect(model).toBe('opus');
  expect(hooks.PermissionRequest[0].hooks[0].command).toBe(
    `"${process.execPath}" "${MAIN}" hook claude-code`,
  );
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readdirSync(claude)).toHaveLength(2);

  const written = text(file);
  const second = await setup(['claude-code'], env);
  expect(second).toEqual({
    exitCode: 0,
    stdout: `Nothing to change in ${file}\n`,
    stderr: '',
  });
  expect(text(file)).toBe(written);
});

test('--remove gives the file back as it was', async () => {
  const { file, env } = home(SETTINGS);
  await setup(['claude-code', '--yes'], env);
  expect(text(file)).not.toBe(SETTINGS);
  expect(await setup(['claude-code', '--remove', '--yes'], env)).toMatchObject({ exitCode: 0 });
  expect(text(file)).toBe(SETTINGS);
});

test('--no-approvals leaves permissions to the terminal, and takes out what asks for them', async () => {
  const { file, env } = home();
  await setup(['claude-code', '--yes'], env);
  expect(Object.keys(JSON.parse(text(file)).hooks)).toContain('PermissionRequest');
  await setup(['claude-code', '--yes', '--no-approvals'], env);
  const events = Object.keys(JSON.parse(text(file)).hooks);
  expect(events).toContain('PreToolUse');
  expect(events).not.toContain('PermissionRequest');
  expect(events).not.toContain('Elicitation');
});

test('settings that are kept elsewhere, behind a symbolic link, are changed there', async () => {
  const { dir, claude, file, env } = home();
  mkdirSync(claude);
  const dotfiles = join(dir, 'dotfiles');
  mkdirSync(dotfiles);
  writeFileSync(join(dotfiles, 'claude.json'), SETTINGS);
  symlinkSync('../dotfiles/claude.json', file);
  await setup(['claude-code', '--yes'], env);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(Object.keys(JSON.parse(text(join(dotfiles, 'claude.json'))))).toEqual(['model', 'hooks']);
  expect(readdirSync(dotfiles)).toEqual(['claude.json']);
});

test('a link to a file that is not there yet is followed, too', async () => {
  const { dir, claude, file, env } = home();
  mkdirSync(claude);
  symlinkSync('../later.json', file);
  await setup(['claude-code', '--yes'], env);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(JSON.parse(text(join(dir, 'later.json')))).toHaveProperty('hooks');
});

test('settings that can not be read are left alone, with a word on what is wrong', async () => {
  const { claude, file, env } = home('{\n  // mine\n}\n');
  const { exitCode, stdout, stderr } = await setup(['claude-code', '--yes'], env);
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`agentlight: Can't change ${file}. It is not valid JSON`);
  expect(stderr).toContain('Nothing was changed');
  expect(readdirSync(claude)).toEqual(['settings.json']);
});

test('the settings of a project or of a folder can be meant instead', async () => {
  const { dir, file, env } = home(SETTINGS);
  const project = await setup(['claude-code', '--project', '--yes'], env, dir);
  expect(project.stderr).toContain('holds paths of this machine');
  expect(text(file)).not.toBe(SETTINGS);
  const local = await setup(['claude-code', '--local', '--yes', '--json'], env, dir);
  expect(JSON.parse(local.stdout)).toEqual({
    file: join(dir, '.claude/settings.local.json'),
    changed: true,
    backup: null,
  });
  expect(await setup(['claude-code', '--local', '--project'], env, dir)).toMatchObject({
    exitCode: 2,
  });
  const other = join(dir, 'other');
  await setup(['claude-code', '--yes'], { ...env, CLAUDE_CONFIG_DIR: other });
  expect(JSON.parse(text(join(other, 'settings.json')))).toHaveProperty('hooks');
});

test('it warns if hooks are turned off', async () => {
  const { file, env } = home('{"disableAllHooks": true}');
  const { stderr } = await setup(['claude-code', '--yes'], env);
  expect(stderr).toContain(`"disableAllHooks" is set in ${file}`);
});

test('Codex gets hooks and a notifier, and gives the former ones back', async () => {
  const { codex, env } = home();
  mkdirSync(codex);
  const [hooks, config] = [join(codex, 'hooks.json'), join(codex, 'config.toml')];
  const before = 'notify = ["say", "done"] # mine\n\n[features]\nhooks = false\n';
  writeFileSync(config, before);
  const { exitCode, stdout, stderr } = await setup(['codex', '--yes', '--json'], env);
  expect(exitCode).toBe(0);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { file: hooks, changed: true, backup: null },
    { file: config, changed: true, backup: expect.any(String) },
  ]);
  expect(stderr).toContain('enter /hooks in Codex');
  expect(stderr).toContain('hooks are turned off');
  expect(text(config)).toContain('"hook", "codex-notify", "--then", "say", "done"] # mine\n');
  expect(JSON.parse(text(hooks)).hooks.Stop[0].hooks[0].command).toMatch(/ hook codex$/);
  await setup(['codex', '--remove', '--yes'], env);
  expect(text(config)).toBe(before);
  expect(text(hooks)).toBe('{}\n');
});

test('if one of two files can not be changed, neither is', async () => {
  const { codex, env } = home();
  mkdirSync(codex);
  writeFileSync(join(codex, 'config.toml'), 'notify = "say"\n');
  const { exitCode, stderr } = await setup(['codex', '--yes'], env);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Its "notify" is not a list of strings');
  expect(readdirSync(codex)).toEqual(['config.toml']);
});

test.each([
  ['y', 0],
  ['n', 1],
])('at a terminal it asks; %s ends with %i', async (answer, exitCode) => {
  const { file, env } = home(SETTINGS);
  const terminal = openCommandLineAtTerminal(['setup', 'claude-code'], env);
  await eventually(() => terminal.screen().includes('Write this? [y/N]'), 'the question');
  expect(terminal.screen()).toContain('+    "hooks": {');
  expect(text(file)).toBe(SETTINGS);
  terminal.keyboard.write(`${answer}\r`);
  expect(await terminal.ended).toBe(exitCode);
  expect(text(file) === SETTINGS).toBe(answer === 'n');
});
