import { hostname } from 'node:os';
import type { Command } from 'commander';
import { defaultDataDir } from '../config.ts';
import { openClient } from './connection.ts';
import { EXIT } from './exit-codes.ts';
import { plain, printLine } from './print.ts';

export function addUp(program: Command): void {
  program
    .command('up')
    .summary('host the agents of agentlight.config.json')
    .description(
      'Hosts the agents of a configuration file on this machine. The browser can run and cancel them until you press Ctrl-C, which cancels running agents.',
    )
    .option('--config <file>', 'configuration file', 'agentlight.config.json')
    .action(async ({ config }: { config: string }) => {
      process.exitCode = await up(config);
    });
}

async function up(configFile: string): Promise<number> {
  const { Host } = await import('../runner/host/host.ts');
  const { readRunnerConfig } = await import('../runner/host/runner-config.ts');
  const { runnerIdFor } = await import('../runner/link/runner-id.ts');
  const config = await readRunnerConfig(configFile);
  const { spoolFolder } = await import('../runner/report/spool.ts');
  const client = await openClient(process.env);
  const host = new Host({
    client,
    spoolFolder: spoolFolder(defaultDataDir(process.env), client.url),
    config,
    runner: runnerIdFor(hostname(), config.file),
    hostName: hostname(),
    env: process.env,
    log: (line) => printLine(`${new Date().toTimeString().slice(0, 8)} ${plain(line)}`),
  });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    if (stopping) {
      host.kill();
      process.exit(EXIT.failed);
    }
    stopping = host.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  // the reader of our output has gone, for example a closed terminal
  process.stdout.on('error', () => {
    stopping ??= host.stop();
  });
  const end = await host.run();
  await stopping;
  if (end === 'closed') return 0;
  printLine('Another "agentlight up" with this configuration has taken over.');
  return EXIT.failed;
}
