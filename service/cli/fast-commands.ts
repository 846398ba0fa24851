/** Commands that main.ts runs by itself, without loading the others: for who lists all. */
export interface FastCommand {
  readonly name: string;
  readonly summary: string;
  /** What may stand behind it. */
  readonly words: readonly string[];
}

export const FAST_COMMANDS: readonly FastCommand[] = [
  {
    name: 'emit',
    summary: 'say from inside of a run how far it is',
    words: ['progress', 'phase', 'step', 'metric', 'artifact', 'message', 'cost', 'error'],
  },
  {
    name: 'hook',
    summary: 'what coding agents call at every step',
    words: ['claude-code', 'codex'],
  },
];
