/** The command line: its commands, and how errors are printed. */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import { addAgents } from './agents.ts';
import { addAsk, ASK_EXIT } from './inside-run/ask.ts';
import { addCompletion } from './completion/completion.ts';
import { addDoctor } from './doctor/doctor.ts';
import { describeError, EXIT, exitCodeOf } from './exit-codes.ts';
import { addPair } from './pair.ts';
import { exitWithReader, plain, warn } from './print.ts';
import { addRun } from './run.ts';
import { addRuns } from './runs.ts';
import { addServe } from './serve.ts';
import { addSetup } from './setup/setup.ts';
import { addTail } from './tail.ts';
import { addToken } from './token.ts';
import { addUp } from './up.ts';

const EXAMPLES = `Examples:
  agentlight serve                                  run the service in the foreground
  agentlight pair                                   get a code to connect a browser
  agentlight run -- npm test                        run a command and see it in the toolbar
  agentlight run --name "Nightly build" -- make -j8
  agentlight ask "Deploy?" && ./deploy               wait for approval in the toolbar
  agentlight up                                     host the agents of agentlight.config.json
  agentlight setup claude-code                      see the sessions of Claude Code
  agentlight tail --json                            follow what happens
`;

const ENVIRONMENT = `
Environment:
  AGENTLIGHT_URL       address of the service (default: http://127.0.0.1:4747)
  AGENTLIGHT_TOKEN     token for the service (default: that of a service on this machine)
  NO_COLOR             disables colours

Exit codes: 0 success, 1 failure, 2 invalid usage or configuration, 69 the service does not answer,
77 the token is refused. "run" exits like its command, "ask" with the number of the answer.`;

const COMMANDS = [
  addServe,
  addUp,
  addRun,
  addAsk,
  addSetup,
  addPair,
  addToken,
  addAgents,
  addRuns,
  addTail,
  addDoctor,
  addCompletion,
];

/** They do their work whether or not somebody reads their output. */
const WITHOUT_READER: readonly (string | undefined)[] = ['run', 'up', 'serve'];

/** Executes a command line and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  if (!WITHOUT_READER.includes(argv[2])) exitWithReader();
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      // commander has printed the help or its message already
      const usage = argv[2] === 'ask' ? ASK_EXIT.usage : EXIT.usage;
      process.exitCode = error.exitCode === 0 ? 0 : usage;
      return;
    }
    for (const line of describeError(error).split('\n')) warn(plain(line));
    process.exitCode = exitCodeOf(error);
  }
}

/** The program with all commands except those of fast-commands.ts. */
export function createProgram(): Command {
  const program = new Command('agentlight')
    .description('A status light for your agents in the browser toolbar.')
    .version(VERSION, '-v, --version')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', ENVIRONMENT)
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'agentlight: ')),
    });
  for (const add of COMMANDS) add(program);
  return program;
}
