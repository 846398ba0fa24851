/** docs/cli.md documents every command and option, and nothing else. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { ASK_EXIT } from '../../service/cli/inside-run/ask.ts';
import { EXIT } from '../../service/cli/exit-codes.ts';
import { FAST_COMMANDS } from '../../service/cli/fast-commands.ts';
import { createProgram } from '../../service/cli/program.ts';

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
const sections = new Map(
  page.split(/^## /m).map((section) => {
    const [heading = '', ...lines] = section.split('\n');
    return [heading, lines.join('\n')] as const;
  }),
);

/** Commands without subcommands, by their full names. */
function commandsUnder(command: Command, name: string): [string, Command][] {
  if (command.commands.length === 0) return [[name, command]];
  return command.commands.flatMap((sub) => commandsUnder(sub, `${name} ${sub.name()}`));
}

/** Flags in the first column of a table: `-v`, `--user <name>`. */
function flagsIn(text: string): string[] {
  const cells = text.split('\n').flatMap((line) => /^\| (`-[^|]*) \|/.exec(line)?.[1] ?? []);
  return cells.flatMap((cell) => cell.split(', ').map((flag) => flag.replaceAll('`', '')));
}

const program = createProgram();
const commands = commandsUnder(program, 'agentlight');

test('there is a section for every command, and for no other', () => {
  const names = [...commands.map(([name]) => name)];
  const fast = FAST_COMMANDS.map(({ name }) => `agentlight ${name}`);
  const headings = [...sections.keys()].filter((heading) => heading.startsWith('agentlight'));
  expect(headings.toSorted()).toEqual([...names, ...fast].toSorted());
});

describe.each(commands)('%s', (name, command) => {
  const section = sections.get(name) ?? '';

  test('has its options in a table', () => {
    const flags = command.options.map((option) => option.flags);
    expect(flagsIn(section).toSorted()).toEqual(flags.toSorted());
  });

  test('has an example', () => {
    const [, example = ''] = /```sh\n([^]*?)```/.exec(section) ?? [];
    expect(example).toContain(name);
  });
});

test('the arguments of the fast commands are documented', () => {
  for (const { name, words } of FAST_COMMANDS) {
    const section = sections.get(`agentlight ${name}`) ?? '';
    for (const word of words) expect(section).toContain(word);
  }
});

test('the options of the program itself are documented', () => {
  const [introduction = ''] = sections.values();
  expect(flagsIn(introduction)).toEqual(['-v', '--version', '-h', '--help']);
});

test('every exit code is documented', () => {
  const codesIn = (section: string | undefined) => new Set(section?.match(/\b\d+\b/g)?.map(Number));
  const general = codesIn(sections.get('Exit codes'));
  const { notExecutable, notFound, ...codes } = EXIT;
  for (const code of Object.values(codes)) expect(general).toContain(code);
  for (const code of [notExecutable, notFound]) {
    expect(codesIn(sections.get('agentlight run'))).toContain(code);
  }
  const ofAsk = codesIn(sections.get('agentlight ask'));
  for (const code of Object.values(ASK_EXIT)) expect(ofAsk).toContain(code);
});
