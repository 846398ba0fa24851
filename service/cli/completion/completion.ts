import { Argument } from 'commander';
import type { Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .summary('enable shell completion')
    .description(
      'Prints a script that completes commands, options and agent ids. For bash, add eval "$(agentlight completion bash)" to ~/.bashrc; for zsh, add the same with zsh to ~/.zshrc; for fish, add agentlight completion fish | source to config.fish.',
    )
    .addArgument(new Argument('<shell>', 'name of the shell').choices(SHELLS))
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
