/**
 * `agentlight emit`: reports an event of the run in which it is called.
 *
 * Builds call it often, so it loads only what it needs.
 */
import { parseArgs } from 'node:util';
import type { ParsedEvent } from '../../adapters/output/output-parser.ts';
import { runPlace, reportInRun } from './run-socket.ts';

const USAGE = `Usage, inside a command of "agentlight run" or "agentlight up":
  agentlight emit progress 0.4 "epoch 3 of 8"        0 to 1, or 40%
  agentlight emit phase "linking"
  agentlight emit step start build --name "Build" [--parent all]
  agentlight emit step done build                    or: fail, skip   [--message text]
  agentlight emit step progress build 0.5
  agentlight emit metric val/loss 0.218 [--step 12] [--objective min] [--unit s]
  agentlight emit artifact report.html [--url https://…]
  agentlight emit message "Found three flaky tests"
  agentlight emit cost [--usd 0.42] [--input-tokens 1800] [--output-tokens 210] [--model name]
  agentlight emit error "rate limited, trying again"`;

const MINUS = '\u2212';
const EXIT_USAGE = 2;
const EXIT_FAILED = 1;

/** @param args the arguments after `emit`. */
export async function runEmit(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(USAGE);
    return;
  }
  let event: ParsedEvent;
  try {
    event = parseEmitArguments(args);
  } catch (error) {
    fail((error as Error).message, EXIT_USAGE);
    console.error(USAGE);
    return;
  }
  const place = runPlace(process.env);
  if (!place) {
    fail('This works only inside a run. Try: agentlight run -- <command>', EXIT_USAGE);
    return;
  }
  await reportInRun(place, event).catch((error: unknown) =>
    fail((error as Error).message, EXIT_FAILED),
  );
}

function fail(message: string, exitCode: number): void {
  console.error(`agentlight: ${message}`);
  process.exitCode = exitCode;
}

/** @throws Error for invalid arguments. */
export function parseEmitArguments(args: readonly string[]): ParsedEvent {
  const { values, positionals } = parseArgs({
    args: negativeNumbers(args),
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      parent: { type: 'string' },
      kind: { type: 'string' },
      message: { type: 'string' },
      step: { type: 'string' },
      objective: { type: 'string' },
      unit: { type: 'string' },
      url: { type: 'string' },
      usd: { type: 'string' },
      model: { type: 'string' },
      'input-tokens': { type: 'string' },
      'output-tokens': { type: 'string' },
    },
  });
  const [what, first = '', second] = positionals;
  switch (what) {
    case 'progress': {
      const message = positionals.slice(2).join(' ');
      return toEvent('run.progress', { value: fraction(first), message: message || undefined });
    }
    case 'phase':
      return toEvent('run.phase', { name: positionals.slice(1).join(' ') });
    case 'step':
      return stepEvent(first, second, positionals[3], values);
    case 'metric':
      return toEvent('metric.reported', {
        name: first,
        value: number(second),
        step: values.step === undefined ? undefined : number(values.step),
        objective: values.objective,
        unit: values.unit,
      });
    case 'artifact':
      return toEvent('artifact.created', { name: first, url: values.url });
    case 'message':
      return toEvent('message.added', { role: 'assistant', text: positionals.slice(1).join(' ') });
    case 'cost':
      return toEvent('usage.reported', {
        costUsd: values.usd === undefined ? undefined : number(values.usd),
        inputTokens:
          values['input-tokens'] === undefined ? undefined : number(values['input-tokens']),
        outputTokens:
          values['output-tokens'] === undefined ? undefined : number(values['output-tokens']),
        model: values.model,
      });
    case 'error':
      return toEvent('error.reported', { message: positionals.slice(1).join(' ') });
    default:
      throw new Error(
        what === undefined
          ? 'The kind of event is missing.'
          : `There is no kind of event "${what}".`,
      );
  }
}

function stepEvent(
  how: string,
  step: string | undefined,
  value: string | undefined,
  { name, parent, kind, message }: Readonly<Record<string, string | undefined>>,
): ParsedEvent {
  if (step === undefined) throw new Error('The id of the step is missing.');
  switch (how) {
    case 'start':
      return toEvent('step.started', { step, name: name ?? step, parent, kind });
    case 'progress':
      return toEvent('step.progress', { step, value: fraction(value ?? ''), message });
    case 'done':
      return toEvent('step.completed', { step, message });
    case 'fail':
      return toEvent('step.failed', { step, message: message ?? '' });
    case 'skip':
      return toEvent('step.skipped', { step, name, message });
    default:
      throw new Error('A step has start, progress, done, fail or skip.');
  }
}

/** The runner validates the data against the schema of the type. */
function toEvent(type: ParsedEvent['type'], data: Readonly<Record<string, unknown>>): ParsedEvent {
  const given = Object.entries(data).filter(([, value]) => value !== undefined);
  return { type, data: Object.fromEntries(given) } as ParsedEvent;
}

/** 0 to 1, from `0.4` or `40%`. */
function fraction(text: string): number {
  const value = text.endsWith('%') ? number(text.slice(0, -1)) / 100 : number(text);
  if (value >= 0 && value <= 1) return value;
  throw new Error(`Progress is "${text}"; it must be from 0 to 1, or from 0% to 100%.`);
}

function number(text: string | undefined): number {
  if (text === undefined || text.trim() === '') throw new Error('A number is missing.');
  const value = Number(text.replace(MINUS, '-'));
  if (Number.isFinite(value)) return value;
  throw new Error(`"${text}" is not a number.`);
}

/** Replaces the hyphen of negative numbers by a minus sign, so that parseArgs does not take them for options. */
function negativeNumbers(args: readonly string[]): string[] {
  return args.map((arg) => arg.replace(/^-(?=[\d.])/, MINUS));
}
