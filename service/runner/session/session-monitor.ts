/**
 * Monitors a session of a coding agent: its agent is connected while the session's process exists.
 *
 * Hooks alone are not enough: a session that is killed or interrupted calls none.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentAnswer } from '../../../protocol/wire/messages.ts';
import type { Client } from '../../../protocol/client/client.ts';
import { Link } from '../link/link.ts';

/** Poll interval for the session's process. */
const PROCESS_POLL_MS = 500;
/** Poll interval for the session's status, each of which takes half a second. */
const STATUS_POLL_MS = 60_000;
/** Delay after a withdrawn question, in which the agent may continue to work. */
const SETTLE_MS = 2_000;
const LEAVE_MS = 3_000;

export interface SessionMonitorOptions {
  readonly client: Client;
  readonly runner: string;
  readonly agent: string;
  /** Pid of the session's process, on this machine. */
  readonly pid: number;
  /** Returns `idle` when the session is not working. Undefined if the agent has no such command. */
  readonly status: (() => Promise<string | undefined>) | undefined;
}

/** Resolves when the session has ended and that is reported, or when another monitor has taken over. */
export async function monitorSession(options: SessionMonitorOptions): Promise<void> {
  const { client, runner, agent, pid, status } = options;
  const gone = new AbortController();
  const checkSoon = () => {
    if (status) setTimeout(() => void endInterrupted(), SETTLE_MS).unref();
  };
  const link: Link = new Link({
    client,
    runner,
    // the hooks have registered the agent
    register: async () => [agent],
    onSnapshot: () => {},
    onOrder: () => {},
    onEvent: ({ type }) => {
      if (type === 'approval.withdrawn') checkSoon();
    },
    log: () => {},
  });
  /** Esc or "No" in the terminal interrupts a run without calling a hook. */
  const endInterrupted = async () => {
    const runs = await liveRuns(client, agent);
    if (runs.length === 0 || (await status?.()) !== 'idle') return;
    for (const run of runs) {
      const data = { message: 'Interrupted in the terminal.' };
      link.report({ type: 'run.cancelled', agent, run, data });
    }
  };
  const timer = setInterval(() => void endInterrupted(), STATUS_POLL_MS);
  const running = link.run();
  await Promise.race([untilGone(pid, gone.signal), running]);
  gone.abort();
  clearInterval(timer);
  for (const run of await liveRuns(client, agent)) {
    const message = 'The session ended during the run.';
    link.report({ type: 'run.failed', agent, run, data: { reason: 'lost', message } });
  }
  await link.leave('ended', LEAVE_MS);
  await running;
}

async function untilGone(pid: number, signal: AbortSignal): Promise<void> {
  while (isAlive(pid) && !signal.aborted) {
    await delay(PROCESS_POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Empty if the service does not answer; it notices the end of the session itself. */
async function liveRuns(client: Client, agent: string): Promise<readonly string[]> {
  const agents = await client.agents().catch((): AgentAnswer['agent'][] => []);
  return agents.find(({ id }) => id === agent)?.runs ?? [];
}
