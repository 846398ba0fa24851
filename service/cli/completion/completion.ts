import { Argument } from 'commander';
import type { Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .summary('make the shell complete commands, options and agents')
    .description(
      'Prints a script with which the shell completes commands, options and the ids of agents. For bash put eval "$(agentlight completion bash)" into ~/.bashrc, for zsh the same with zsh into ~/.zshrc; for fish put agentlight completion fish | source into its config.fish.',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { placesOf } = await import('./places.ts');
      const places = placesOf(program);
      process.stdout.write(await scriptFor(shell, places));
    });
}

type Places = Parameters<typeof import('./bash.ts').bashScript>[0];

async function scriptFor(shell: (typeof SHELLS)[number], places: Places): Promise<string> {
  switch (shell) {
    case 'bash':
      return (await import('./bash.ts')).bashScript(places);
    case 'zsh':
      return (await import('./zsh.ts')).zshScript(places);
    case 'fish':
      return (await import('./fish.ts')).fishScript(places);
  }
}
