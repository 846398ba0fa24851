import { constants } from 'node:os';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { OutputParser } from '../adapters/output/output-parser.ts';
import type { CommandResult } from '../runner/process/process.ts';
import { spoolFolder } from '../runner/report/spool.ts';
import { wrap } from '../runner/wrap/wrap.ts';
import { defaultDataDir } from '../config.ts';
import { openClient } from './connection.ts';
import { UsageError } from './exit-codes.ts';
import { plain, warn } from './print.ts';

/** Maximum length of a default name. */
const NAME_CHARS = 60;

interface RunFlags {
  readonly name?: string;
  readonly id?: string;
  readonly cwd?: string;
  readonly output: boolean;
  readonly format: string;
  readonly plain?: true;
}

export function addRun(program: Command): void {
  program
    .command('run')
    .summary('run one command and show it in the browser')
    .usage('[options] -- <command...>')
    .description(
      'Runs a command with the same input, output, signals and exit code as without Agentlight. The browser shows it while it runs, and can cancel it. It also runs if the service is down.',
    )
    .argument('<command...>', 'program and arguments; no shell is involved')
    .option('--name <text>', 'name of the agent (default: folder and command)')
    .option('--id <id>', 'id of the agent (default: made from the name)')
    .option('--cwd <folder>', 'folder to run it in')
    .option(
      '--no-output',
      'give the command the terminal itself, for full-screen programs; its output is not reported',
    )
    .option(
      '--format <name>',
      'output format: auto (coding agents, test runners, terminal progress) or ndjson (our events)',
      'auto',
    )
    .option('--plain', 'report the output without colours; the terminal still shows them')
    .passThroughOptions()
    .action(async (command: string[], flags: RunFlags) => exitLike(await run(command, flags)));
}

async function run(command: string[], flags: RunFlags): Promise<CommandResult> {
  const cwd = flags.cwd === undefined ? undefined : resolve(flags.cwd);
  const result = await wrap({
    command,
    cwd,
    env: environment(flags.output),
    name: checkName(flags.name) ?? defaultName(cwd ?? currentFolder(), command),
    agentId: checkId(flags.id),
    reportOutput: flags.output,
    parser: await openParser(flags.format),
    isPlain: flags.plain ?? false,
    openClient: () => openClient(process.env),
    spoolFolder: (url) => spoolFolder(defaultDataDir(process.env), url),
    warn,
  });
  if (result.error) warn(result.error.message);
  return result;
}

/** Undefined for the default parser. The other one needs the protocol's schemas, which take time to load. */
async function openParser(format: string): Promise<OutputParser | undefined> {
  if (format === 'auto') return undefined;
  if (format !== 'ndjson') throw new UsageError('--format must be auto or ndjson.');
  const { NdjsonParser } = await import('../runner/output/ndjson-parser.ts');
  return new NdjsonParser();
}

/** Such as `website · npm run build`. */
function defaultName(cwd: string, command: readonly string[]): string {
  return plain(`${basename(cwd)} · ${command.join(' ')}`)
    .slice(0, NAME_CHARS)
    .trim()
    .toWellFormed();
}

/** A folder that has been deleted has no path any more, but commands can still start in it. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return 'deleted folder';
  }
}

/** Asks programs for colours, which most omit when their output is a pipe. Here it ends up at a terminal. */
function environment(reportOutput: boolean): NodeJS.ProcessEnv {
  const { env, stdout, stderr } = process;
  const isPipeToTerminal = reportOutput && stdout.isTTY && stderr.isTTY;
  if (!isPipeToTerminal || env['NO_COLOR'] || env['FORCE_COLOR'] !== undefined) return env;
  const depth = stdout.getColorDepth();
  if (depth === 1) return env;
  const level = { 4: '1', 8: '2', 24: '3' }[depth] ?? '1';
  return { ...env, FORCE_COLOR: level, CLICOLOR_FORCE: '1' };
}

function checkName(name: string | undefined): string | undefined {
  if (name === undefined || /^[^\p{Cc}\p{Cf}\u2028\u2029]{1,120}$/u.test(name)) return name;
  throw new UsageError(
    '--name must have 1 to 120 characters without control or invisible characters.',
  );
}

function checkId(id: string | undefined): string | undefined {
  if (id === undefined || /^[a-z0-9][a-z0-9._-]{0,62}$/.test(id)) return id;
  throw new UsageError(
    `--id is "${id}"; it must be 1 to 63 of a-z, 0-9, ".", "_" or "-", and start with a letter or digit.`,
  );
}

/** The other signals would write a core dump of this process, have no effect on it, or start its debugger. */
const RAISED: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGKILL',
  'SIGALRM',
  'SIGUSR2',
];

/** Ends this process in the same way as the command, so that the caller sees no difference. */
function exitLike({ exitCode, signal }: CommandResult): never {
  if (exitCode !== undefined) process.exit(exitCode);
  if (signal && RAISED.includes(signal)) process.kill(process.pid, signal);
  process.exit(128 + constants.signals[signal ?? 'SIGTERM']);
}
