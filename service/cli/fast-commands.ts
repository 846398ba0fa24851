/** Commands that main.ts runs without loading the others. Help and completion list them, too. */
export interface FastCommand {
  readonly name: string;
  readonly summary: string;
  /** Possible values of the first argument. */
  readonly words: readonly string[];
}

export const FAST_COMMANDS: readonly FastCommand[] = [
  {
    name: 'emit',
    summary: 'report progress, steps and metrics from inside a run',
    words: ['progress', 'phase', 'step', 'metric', 'artifact', 'message', 'cost', 'error'],
  },
  {
    name: 'hook',
    summary: 'receive a hook event of a coding agent',
    words: ['claude-code', 'codex'],
  },
];
