import { createHash, randomBytes } from 'node:crypto';
import { text as readAll } from 'node:stream/consumers';
import { basename, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { EventData } from '../../../protocol/events/event.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { QuestionResult } from '../../runner/socket/questions.ts';
import { openClient } from '../connection.ts';
import { describeError, EXIT, exitCodeOf, UsageError } from '../exit-codes.ts';
import { plain, printJson, printLine, warn } from '../print.ts';
import { askInRun, runPlace } from './run-socket.ts';

/** 0 to 9 are answers, so errors have other codes. */
export const ASK_EXIT = {
  /** EX_USAGE of sysexits.h. */
  usage: 64,
  /** EX_SOFTWARE: the question could not be asked. */
  failed: 70,
  /** EX_TEMPFAIL: nobody answered in time, or it was withdrawn. */
  unanswered: 75,
} as const;

const DEFAULT_CHOICES = ['yes', 'no'];
const TONES = new Map([
  ...['yes', 'allow', 'approve', 'ok', 'continue'].map((id) => [id, 'allow'] as const),
  ...['no', 'deny', 'reject', 'cancel', 'stop', 'abort'].map((id) => [id, 'deny'] as const),
]);

interface AskFlags {
  readonly choices?: readonly string[];
  readonly details?: string;
  readonly freeText?: true;
  readonly timeout?: number;
  readonly name?: string;
  readonly json?: true;
}

export function addAsk(program: Command): void {
  program
    .command('ask')
    .summary('ask a person in the toolbar and wait for the answer')
    .description(
      'Asks a question and waits until somebody answers it in the browser. Prints the answer. The exit code is 0 for the first choice, 1 for the second and so on; 75 if nobody answers in time; 64 or more if the question could not be asked.',
    )
    .argument('<question>', 'text of the question')
    .option('--choices <list>', 'answers, separated by commas (default: yes,no)', readChoices)
    .option('--details <text>', 'what the question is about, in full; "-" reads standard input')
    .option('--free-text', 'also accept a free-text answer, which is printed')
    .option('--timeout <time>', 'how long to wait, such as 90s, 10m or 2h (default: 1h)', readTime)
    .option('--name <text>', 'name of the asking agent (default: the folder)')
    .option('--json', 'print the result as one JSON object')
    .action(async (question: string, flags: AskFlags) => {
      try {
        process.exitCode = await askInToolbar(question, flags);
      } catch (error) {
        for (const line of describeError(error).split('\n')) warn(plain(line));
        process.exitCode = codeOfFailure(error);
      }
    });
}

async function askInToolbar(title: string, flags: AskFlags): Promise<number> {
  const { freeText, timeout = 3_600_000, json } = flags;
  const choices = flags.choices ?? (freeText ? [] : DEFAULT_CHOICES);
  const details = flags.details === '-' ? await readAll(process.stdin) : flags.details;
  const question = toQuestion(title, choices, details, freeText === true, timeout);
  const name = plain(flags.name ?? basename(resolve('.'))).slice(0, LIMITS.nameChars) || 'script';
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop.abort());
  const result = await askQuestion(name, question, stop.signal);
  if (json) printJson(result);
  if (result.outcome !== 'resolved') {
    if (!json)
      warn(result.outcome === 'expired' ? 'Nobody answered in time.' : 'It was withdrawn.');
    return ASK_EXIT.unanswered;
  }
  const { choice, text } = result;
  if (!json) printLine(text ?? choice);
  return choice === undefined
    ? 0
    : Math.max(
        0,
        question.choices.findIndex(({ id: of }) => of === choice),
      );
}

/** Inside a run its runner asks, which needs no token. Elsewhere this creates an agent. */
async function askQuestion(
  name: string,
  question: EventData<'approval.requested'>,
  signal: AbortSignal,
): Promise<QuestionResult> {
  const place = runPlace(process.env);
  if (place) return askInRun(place, question, signal);
  const client = await openClient(process.env);
  const { askPerson } = await import('../../runner/socket/ask-person.ts');
  const { slug } = await import('../../runner/link/runner-id.ts');
  const agent = `ask-${slug(name, 40) || 'script'}-${randomBytes(3).toString('hex')}`;
  return askPerson({ client, agent, name, question, signal, log: warn });
}

function toQuestion(
  title: string,
  labels: readonly string[],
  details: string | undefined,
  freeText: boolean,
  timeoutMs: number,
): EventData<'approval.requested'> {
  if (title.length === 0 || title.length > LIMITS.titleChars) {
    throw new UsageError(`The question must have 1 to ${LIMITS.titleChars} characters.`);
  }
  if ((details?.length ?? 0) > LIMITS.detailsChars) {
    throw new UsageError(
      `--details has more than ${LIMITS.detailsChars} characters. It is never shortened, because the answer depends on it.`,
    );
  }
  const choices = labels.map((label, index) => {
    const id = label
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '');
    const tone = TONES.get(id) ?? ('neutral' as const);
    return { id: id === '' ? `choice-${index}` : id.slice(0, 40), label, tone };
  });
  if (new Set(choices.map(({ id }) => id)).size < choices.length) {
    throw new UsageError('--choices must be different from each other.');
  }
  const isPermission = choices.some(({ tone }) => tone === 'allow');
  return {
    kind: isPermission ? 'permission' : 'question',
    title,
    ...(details !== undefined && { details }),
    choices,
    freeText,
    hash: createHash('sha256')
      .update(JSON.stringify([title, details, choices]))
      .digest('hex'),
    expiresAt: new Date(Date.now() + timeoutMs).toISOString(),
  };
}

function readChoices(list: string): string[] {
  const choices = list.split(',').map((choice) => choice.trim());
  const fit = choices.every((choice) => choice !== '' && choice.length <= LIMITS.choiceChars);
  if (fit && choices.length <= LIMITS.choices) return choices;
  throw new InvalidArgumentError(
    `It must have up to ${LIMITS.choices} answers of at most ${LIMITS.choiceChars} characters.`,
  );
}

const UNITS_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds. */
function readTime(time: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,6})(s|m|h|d)$/.exec(time) ?? [];
  const ms = Number(amount) * (UNITS_MS[unit] ?? 0);
  if (ms > 0 && ms <= LIMITS.timeoutMs) return ms;
  throw new InvalidArgumentError('It must be a duration such as 90s, 10m or 2h.');
}

function codeOfFailure(error: unknown): number {
  const code = exitCodeOf(error);
  if (code === EXIT.usage) return ASK_EXIT.usage;
  return code < ASK_EXIT.usage ? ASK_EXIT.failed : code;
}
