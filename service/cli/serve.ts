import type { Command } from 'commander';
import { UsageError } from './exit-codes.ts';

interface ServeFlags {
  readonly host?: string;
  readonly port?: string;
  readonly dataDir?: string;
  readonly databaseUrl?: string;
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .summary('run the service in the foreground')
    .description(
      'Runs the service in the foreground until Ctrl-C. Each option has an environment variable, such as AGENTLIGHT_PORT.',
    )
    .option('--host <address>', 'address to listen on (default: 127.0.0.1, only this machine)')
    .option('--port <number>', 'port to listen on, 0 for a free one (default: 4747)')
    .option('--data-dir <folder>', "folder for the embedded database and the owner's token")
    .option('--database-url <url>', 'PostgreSQL server to use instead of the embedded one')
    .action(async ({ port, ...flags }: ServeFlags) => {
      const { serve } = await import('../serve.ts');
      await serve(port === undefined ? flags : { ...flags, port: readPort(port) });
    });
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new UsageError(`--port is "${text}"; it must be a whole number from 0 to 65535.`);
}
