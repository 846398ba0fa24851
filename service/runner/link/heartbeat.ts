/** Tells the service that this runner is alive, and hears what it should do. */
import { setInterval } from 'node:timers/promises';
import type { Client } from '../../../protocol/client/client.ts';
import { isTemporary, ServiceError } from '../../../protocol/client/errors.ts';
import type { RunnerConnection } from '../../../protocol/decide/command.ts';
import type { RunnerCommand } from './runner-command.ts';
import { commandsOf } from './runner-command.ts';

export interface HeartbeatOptions {
  readonly client: Client;
  readonly connection: RunnerConnection;
  readonly intervalMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** What somebody wants; told again in every answer until it is done. */
  readonly onOrder: (order: RunnerCommand) => void;
  /** The service does not count this as the runner's connection any more. */
  readonly onStale: () => void;
  /** The token was refused, or the request itself; it makes no sense to go on. */
  readonly onRefused: (error: unknown) => void;
}

/** Beats at once and then every `intervalMs` until `signal`; a beat that nobody heard is followed by the next. */
export async function beat(options: HeartbeatOptions): Promise<void> {
  const { intervalMs, signal } = options;
  await beatOnce(options);
  try {
    for await (const _ of setInterval(intervalMs, undefined, { signal })) await beatOnce(options);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function beatOnce(options: HeartbeatOptions): Promise<void> {
  const { client, connection, signal, onOrder, onStale, onRefused } = options;
  if (signal.aborted) return;
  try {
    const { commands } = await client.heartbeat(connection.runner, connection.generation, signal);
    for (const order of commandsOf(commands)) onOrder(order);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof ServiceError && error.type === 'stale-connection') onStale();
    else if (!isTemporary(error)) onRefused(error);
  }
}
