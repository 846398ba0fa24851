/** Completion for fish. */
import type { CompletionKind, Place } from './places.ts';

/** One `complete` line per completion; a function finds the command in which the cursor is. */
export function fishScript(places: readonly Place[]): string {
  const steps = places.flatMap(({ path, commands, flags }) => [
    ...commands.map(
      ({ name }) =>
        `            case ${quote(`${path}/${name}`)}\n                set at ${quote(`${path}/${name}`)}`,
    ),
    ...flags
      .filter(({ value }) => value !== undefined)
      .map(({ names }) => {
        const patterns = names.map((name) => quote(`${path}/${name}`)).join(' ');
        return `            case ${patterns}\n                set skips yes`;
      }),
  ]);
  return `# Completion of agentlight for fish. Add this to ~/.config/fish/config.fish:
#   agentlight completion fish | source

function __agentlight_at --description 'Whether the cursor is in this command, or directly after it'
    set -l at ''
    set -l skips ''
    set -l given 0
    for word in (commandline -opc)[2..-1]
        if test -n "$skips"
            set skips ''
            continue
        end
        switch "$at/$word"
${steps.join('\n')}
            case '*/-*'
            case '*'
                set given (math $given + 1)
        end
    end
    test "$at" = "$argv[1]"; or return 1
    test (count $argv) -eq 1; or test $given -eq 0
end

function __agentlight_agents
    agentlight agents --json 2>/dev/null </dev/null | string replace -rf '^\\{"id":"([a-z0-9._-]*)".*' '$1'
end

complete -c agentlight -e
complete -c agentlight -f
${places.flatMap(linesAt).join('\n')}
`;
}

function linesAt({ path, commands, flags, argument }: Place): string[] {
  const when = (...more: string[]) =>
    `complete -c agentlight -n ${quote(['__agentlight_at', quote(path), ...more].join(' '))}`;
  return [
    ...commands.map(
      ({ name, summary }) => `${when('first')} -a ${quote(name)} -d ${quote(summary)}`,
    ),
    ...flags.map(({ names, summary, value }) => {
      const options = names.map((name) =>
        name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
      );
      const takes = value === undefined ? '' : ` -r ${offer(value)}`;
      return `${when()} ${options.join(' ')}${takes} -d ${quote(summary)}`;
    }),
    ...linesForArgument(argument, when),
  ];
}

function linesForArgument(
  argument: CompletionKind | undefined,
  when: (...more: string[]) => string,
): string[] {
  if (argument === undefined || argument === 'any') return [];
  // also completes the arguments of that command
  if (argument === 'commands') {
    return [`${when()} -f -a ${quote('(__fish_complete_subcommand --fcs-skip=2)')}`];
  }
  return [`${when('first')} ${offer(argument)}`];
}

/** The options of `complete` for values of this kind. */
function offer(kind: CompletionKind): string {
  switch (kind) {
    case 'any':
      return '-f';
    case 'files':
      return '-F';
    case 'folders':
      return `-f -a ${quote('(__fish_complete_directories)')}`;
    case 'agents':
      return `-f -a ${quote('(__agentlight_agents)')}`;
    case 'commands':
      return `-f -a ${quote('(__fish_complete_command)')}`;
    default:
      return `-f -a ${quote(kind.join(' '))}`;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
