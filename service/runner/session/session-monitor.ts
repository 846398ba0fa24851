/**
 * Keeps the presence of one session of a coding agent: connected while its process is there, gone with it.
 *
 * Hooks alone can't tell: a session that is killed calls none, and neither does one that is interrupted.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentAnswer } from '../../../protocol/wire/messages.ts';
import type { Client } from '../link/client.ts';
import { Link } from '../link/link.ts';

/** So often it is looked whether the process is still there. */
const LOOK_MS = 500;
/** A look whether it works on anything starts a program of half a second. */
const STATUS_MS = 60_000;
/** After a question was taken back: time for whatever the agent does next. */
const SETTLE_MS = 2_000;
const LEAVE_MS = 3_000;

export interface SessionMonitorOptions {
  readonly client: Client;
  readonly runner: string;
  readonly agent: string;
  /** Of the session's process, on this machine. */
  readonly pid: number;
  /** `idle` when the session works on nothing. Undefined where the agent can't be asked. */
  readonly status: (() => Promise<string | undefined>) | undefined;
}

/** Resolves when the session's process is gone and the service knows, or when another keeper has taken over. */
export async function monitorSession(options: SessionMonitorOptions): Promise<void> {
  const { client, runner, agent, pid, status } = options;
  const gone = new AbortController();
  const checkSoon = () => {
    if (status) setTimeout(() => void endInterrupted(), SETTLE_MS).unref();
  };
  const link: Link = new Link({
    client,
    runner,
    // the hooks have registered it
    register: async () => [agent],
    onSnapshot: () => {},
    onOrder: () => {},
    onEvent: ({ type }) => {
      if (type === 'approval.withdrawn') checkSoon();
    },
    log: () => {},
  });
  /** Esc, or "No" in the terminal: no hook tells. */
  const endInterrupted = async () => {
    const runs = await liveRuns(client, agent);
    if (runs.length === 0 || (await status?.()) !== 'idle') return;
    for (const run of runs) {
      const data = { message: 'Interrupted in the terminal.' };
      link.report({ type: 'run.cancelled', agent, run, data });
    }
  };
  const timer = setInterval(() => void endInterrupted(), STATUS_MS);
  const running = link.run();
  await Promise.race([untilGone(pid, gone.signal), running]);
  gone.abort();
  clearInterval(timer);
  for (const run of await liveRuns(client, agent)) {
    const message = 'The session went away in the middle of it.';
    link.report({ type: 'run.failed', agent, run, data: { reason: 'lost', message } });
  }
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

/** None where the service does not answer: it notices by itself. */
async function liveRuns(client: Client, agent: string): Promise<readonly string[]> {
  const agents = await client.agents().catch((): AgentAnswer['agent'][] => []);
  return agents.find(({ id }) => id === agent)?.runs ?? [];
}
