/**
 * Keeps the presence of one session of a coding agent: connected while its process is there, gone with it.
 *
 * Hooks alone can't tell: a session that is killed calls none.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentAnswer } from '../../protocol/wire.ts';
import type { Client } from './client.ts';
import { Link } from './link.ts';

/** So often it is looked whether the process is still there. */
const LOOK_MS = 500;
const LEAVE_MS = 3_000;

export interface KeeperOptions {
  readonly client: Client;
  readonly runner: string;
  readonly agent: string;
  /** Of the session's process, on this machine. */
  readonly pid: number;
}

/** Resolves when the session's process is gone and the service knows, or when another keeper has taken over. */
export async function keepSession({ client, runner, agent, pid }: KeeperOptions): Promise<void> {
  const link = new Link({
    client,
    runner,
    // the hooks have registered it
    register: async () => [agent],
    onSnapshot: () => {},
    onOrder: () => {},
    log: () => {},
  });
  const running = link.run();
  const gone = new AbortController();
  const watching = untilGone(pid, gone.signal);
  await Promise.race([watching, running]);
  gone.abort();
  await endWork(client, link, agent).catch(() => undefined);
  await link.leave('ended', LEAVE_MS);
  await running;
}

async function untilGone(pid: number, signal: AbortSignal): Promise<void> {
  while (isThere(pid) && !signal.aborted) {
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What it was working on when it went away without a word; after an orderly end there is nothing left. */
async function endWork(client: Client, link: Link, agent: string): Promise<void> {
  const { agents } = await client.request<{ agents: AgentAnswer['agent'][] }>('GET', '/v1/agents');
  for (const run of agents.find(({ id }) => id === agent)?.runs ?? []) {
    const message = 'The session went away in the middle of it.';
    link.report({ type: 'run.failed', agent, run, data: { reason: 'lost', message } });
  }
}
