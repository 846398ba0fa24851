/** Completion for bash 3.2 (the version of macOS) and newer. */
import type { CompletionKind, Place } from './places.ts';

/**
 * The script reads the words before the cursor to find the command in which the cursor is. Without completions of its
 * own it leaves file names to bash.
 */
export function bashScript(places: readonly Place[]): string {
  const steps = places.flatMap(({ path, commands, flags }) => [
    ...commands.map(
      ({ name }) => `      ${quote(`${path}/${name}`)}) at=${quote(`${path}/${name}`)} ;;`,
    ),
    ...flags
      .filter(({ value }) => value !== undefined)
      .map(({ names, value = 'any' }) => {
        const patterns = names.map((name) => quote(`${path}/${name}`)).join('|');
        return `      ${patterns}) expects=${quote(toText(value))} ;;`;
      }),
  ]);
  const offers = places.map(({ path, commands, flags, argument }) => {
    const words = commands.map(({ name }) => name).join(' ');
    const names = flags.flatMap((flag) => flag.names).join(' ');
    const kind = argument === undefined ? 'none' : toText(argument);
    return `    ${quote(path)}) flags=${quote(names)} words=${quote(words)} kind=${quote(kind)} ;;`;
  });
  return `# Completion of agentlight for bash. Add this to ~/.bashrc:
#   eval "$(agentlight completion bash)"

_agentlight() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" at="" expects="" behind="" word i
  local flags="" words="" kind="none" IFS=$' \\t\\n'
  local -i given=0
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ $word == "=" ]]; then continue; fi
    if [[ -n $expects ]]; then expects=""; continue; fi
    if [[ -n $behind ]]; then given+=1; continue; fi
    case "$at/$word" in
${steps.join('\n')}
      */--) behind=1 ;;
      */-*) ;;
      *) given+=1 ;;
    esac
    # everything after the program of "run" belongs to that program
    if [[ $at == /run && $given -gt 0 ]]; then behind=1; fi
  done
  if [[ $cur == "=" ]]; then cur=""; fi
  case "$at" in
${offers.join('\n')}
  esac
  if [[ -n $expects ]]; then
    _agentlight_offer "$expects" "$cur" "$1"
  elif [[ -z $behind && $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  elif [[ -n $words && $given -eq 0 ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  elif [[ $given -eq 0 ]]; then
    _agentlight_offer "$kind" "$cur" "$1"
  fi
}

_agentlight_offer() {
  local IFS=$'\\n'
  case "$1" in
    agents) COMPREPLY=($(compgen -W "$(_agentlight_agents "$3")" -- "$2")) ;;
    commands) COMPREPLY=($(compgen -c -- "$2")) ;;
    folders) COMPREPLY=($(compgen -d -- "$2")) ;;
    words:*) IFS=' '; COMPREPLY=($(compgen -W "\${1#words:}" -- "$2")) ;;
  esac
}

_agentlight_agents() {
  "$1" agents --json 2>/dev/null </dev/null | sed -n 's/^{"id":"\\([a-z0-9._-]*\\)".*/\\1/p'
}

complete -o bashdefault -o default -F _agentlight agentlight
`;
}

function toText(kind: CompletionKind): string {
  return typeof kind === 'string' ? kind : `words:${kind.join(' ')}`;
}

function quote(text: string): string {
  return `"${text.replaceAll(/[\\"$`]/g, '\\$&')}"`;
}
