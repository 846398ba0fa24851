/** `agentlight serve`: runs the service in the foreground until SIGINT or SIGTERM. */
import type { Flags } from './config.ts';
import { ConfigError, readConfig } from './config.ts';
import { DatabaseError } from './database/database-error.ts';
import { createLogger } from './logger.ts';
import { startService } from './service.ts';

/** A shutdown that takes longer is aborted; no acknowledged event is lost. */
const SHUTDOWN_LIMIT_MS = 10_000;

/**
 * Resolves when the service has stopped after SIGINT or SIGTERM.
 *
 * @throws ConfigError or DatabaseError whose message says what to do, also for a port that is in use.
 */
export async function serve(flags: Flags): Promise<void> {
  const config = readConfig(flags, process.env);
  const logger = createLogger(config.logLevel);
  const stopSignal = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const service = await startService(config, logger).catch((error: unknown) => {
    throw explain(error, config.host, config.port);
  });
  const signal = await stopSignal;
  logger.info({ signal }, 'stopping');
  setTimeout(() => {
    logger.error('could not stop in time');
    process.exit(1);
  }, SHUTDOWN_LIMIT_MS).unref();
  await service.stop();
  logger.info('stopped');
}

function explain(error: unknown, host: string, port: number): unknown {
  if (error instanceof ConfigError || error instanceof DatabaseError) return error;
  const { code, syscall }: NodeJS.ErrnoException = error instanceof Error ? error : new Error();
  if (code === 'EADDRINUSE') {
    return new ConfigError(
      `Port ${port} on ${host} is taken, perhaps by another Agentlight. Stop that one, or choose another port with --port or AGENTLIGHT_PORT.`,
      { cause: error },
    );
  }
  if (syscall === 'listen' || syscall === 'getaddrinfo') {
    return new ConfigError(`Can't listen on ${host}:${port} (${code}). Check --host and --port.`, {
      cause: error,
    });
  }
  return error;
}
