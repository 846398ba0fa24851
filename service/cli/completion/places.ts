/** The tree of commands as a flat list, for the completion scripts. Pure. */
import type { Argument, Command, Option } from 'commander';
import { FAST_COMMANDS } from '../fast-commands.ts';

/** Kind of a value; a list contains the possible values. */
export type CompletionKind =
  | 'any'
  | 'files'
  | 'folders'
  | 'agents'
  | 'commands'
  | readonly string[];

interface Choice {
  readonly name: string;
  readonly summary: string;
}

interface Flag {
  /** Short and long name. */
  readonly names: readonly string[];
  readonly summary: string;
  /** Undefined for a flag without a value. */
  readonly value: CompletionKind | undefined;
}

/** The completions after a command or subcommand. */
export interface Place {
  /** Such as `/token/create`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly Choice[];
  readonly flags: readonly Flag[];
  /** Kind of the first argument; undefined if there is none. */
  readonly argument: CompletionKind | undefined;
}

const HELP: Flag = { names: ['-h', '--help'], summary: 'show help', value: undefined };

/** @param program with all its commands. */
export function placesOf(program: Command): Place[] {
  const places = placesUnder(program, '');
  const [root, ...rest] = places;
  if (!root) return [];
  const fast = FAST_COMMANDS.map(({ name, words }) => ({
    path: `/${name}`,
    commands: [],
    flags: [],
    argument: words,
  }));
  return [{ ...root, commands: [...root.commands, ...FAST_COMMANDS] }, ...rest, ...fast];
}

function placesUnder(command: Command, path: string): Place[] {
  const [argument] = command.registeredArguments;
  const place: Place = {
    path,
    commands: command.commands.map((sub) => ({ name: sub.name(), summary: summaryOf(sub) })),
    flags: [...command.options.map(toFlag), HELP],
    argument: argument && kindOfArgument(argument),
  };
  const below = command.commands.flatMap((sub) => placesUnder(sub, `${path}/${sub.name()}`));
  return [place, ...below];
}

function summaryOf(command: Command): string {
  return command.summary() || (command.description().split('. ')[0] ?? '');
}

function toFlag(option: Option): Flag {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const takesValue = option.required || option.optional;
  return {
    names,
    summary: option.description,
    value: takesValue ? kindOfOption(option) : undefined,
  };
}

function kindOfOption({ long, flags, argChoices }: Option): CompletionKind {
  if (argChoices) return argChoices;
  if (long === '--agent' || long === '--id') return 'agents';
  return kindOfPlaceholder(/<([^>]*)>/.exec(flags)?.[1] ?? '');
}

function kindOfArgument(argument: Argument): CompletionKind {
  if (argument.argChoices) return argument.argChoices;
  // the id of a run, or of an agent for its newest run
  if (argument.name() === 'run') return 'agents';
  return kindOfPlaceholder(argument.name());
}

function kindOfPlaceholder(name: string): CompletionKind {
  const kinds: Readonly<Record<string, CompletionKind>> = {
    file: 'files',
    folder: 'folders',
    command: 'commands',
  };
  return kinds[name] ?? 'any';
}
