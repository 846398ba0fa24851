/** Completion for zsh. */
import type { CompletionKind, Place } from './places.ts';

/** The same algorithm as for bash, with descriptions. */
export function zshScript(places: readonly Place[]): string {
  const steps = places.flatMap(({ path, commands, flags }) => [
    ...commands.map(({ name }) => `      ${path}/${name}) at=${path}/${name} ;;`),
    ...flags
      .filter(({ value }) => value !== undefined)
      .map(({ names, value = 'any' }) => {
        const patterns = names.map((name) => `${path}/${name}`).join('|');
        return `      ${patterns}) expects=${quote(toText(value))} ;;`;
      }),
  ]);
  const offers = places.map(({ path, commands, flags, argument }) => {
    const names = flags.flatMap((flag) =>
      flag.names.map((name) => quote(describe(name, flag.summary))),
    );
    const words = commands.map(({ name, summary }) => quote(describe(name, summary)));
    const kind = argument === undefined ? 'none' : toText(argument);
    return `    ${quote(path)})
      flags=(${names.join(' ')})
      cmds=(${words.join(' ')})
      kind=${quote(kind)} ;;`;
  });
  return `#compdef agentlight
# Completion of agentlight for zsh. Add this to ~/.zshrc, after compinit:
#   eval "$(agentlight completion zsh)"

_agentlight() {
  local at="" expects="" behind="" word cur="\${words[CURRENT]}" kind=none program="\${words[1]}"
  local -a flags cmds
  local -i i given=0
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    if [[ -n $expects ]]; then expects=""; continue; fi
    if [[ -n $behind ]]; then (( given += 1 )); continue; fi
    case "$at/$word" in
${steps.join('\n')}
      */--) behind=1 ;;
      */-*) ;;
      *) (( given += 1 )) ;;
    esac
    # everything after the program of "run" belongs to that program
    if [[ $at == /run && $given -gt 0 ]]; then behind=1; fi
  done
  case "$at" in
${offers.join('\n')}
  esac
  if [[ -n $expects ]]; then
    _agentlight_offer "$expects"
  elif [[ -z $behind && $cur == -* ]]; then
    _describe -o option flags
  elif (( $#cmds && given == 0 )); then
    _describe command cmds
  elif (( given == 0 )); then
    _agentlight_offer "$kind"
  else
    _files
  fi
}

_agentlight_offer() {
  local -a found
  case "$1" in
    agents)
      found=(\${(f)"$("$program" agents --json 2>/dev/null </dev/null | sed -n 's/^{"id":"\\([a-z0-9._-]*\\)".*/\\1/p')"})
      compadd -a found ;;
    commands) _command_names -e ;;
    folders) _files -/ ;;
    files) _files ;;
    words:*) found=(\${(s: :)1#words:}); compadd -a found ;;
  esac
}

compdef _agentlight agentlight
`;
}

function toText(kind: CompletionKind): string {
  return typeof kind === 'string' ? kind : `words:${kind.join(' ')}`;
}

/** The format of `_describe`: a colon ends the name. */
function describe(name: string, summary: string): string {
  return `${name.replaceAll(':', '\\:')}:${summary}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
