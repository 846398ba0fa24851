/** Asks one question, and waits for a person's answer, through restarts of the service. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { uuidv7 } from 'uuidv7';
import type { EventData, LogEvent } from '../../protocol/event.ts';
import type { ClosedApproval } from '../../protocol/fleet.ts';
import type { Snapshot } from '../../protocol/wire.ts';
import type { Client } from './client.ts';
import { Link } from './link.ts';
import { runnerIdOnce } from './runner-id.ts';

/** How long the last words may take. */
const LEAVE_MS = 2_000;

export interface AskOptions {
  readonly client: Client;
  readonly agent: string;
  /** How people call who asks. */
  readonly name: string;
  readonly question: EventData<'approval.requested'>;
  /** Nobody wants to know any more: it is withdrawn. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** How it ended; `undefined` when it was withdrawn by `signal`. */
export type Asked = Pick<ClosedApproval, 'outcome' | 'choice' | 'text' | 'by'> | undefined;

/** @throws UnreachableError or ProblemError when it can't be asked at all. That is no answer. */
export async function ask(options: AskOptions): Promise<Asked> {
  const { client, agent, name, question, signal, log } = options;
  const id = uuidv7();
  const over = Promise.withResolvers<Asked>();
  const answered = (asked: Asked) => {
    if (asked) over.resolve(asked);
  };
  let wasUp = false;
  const link: Link = new Link({
    client,
    runner: runnerIdOnce(hostname(), randomBytes(4).toString('hex')),
    async register(stopped) {
      const profile = { name, kind: 'question', host: hostname(), capabilities: [] };
      await client.registerAgent(agent, profile, stopped);
      return [agent];
    },
    onUp() {
      if (!wasUp) link.report({ type: 'approval.requested', agent, id, data: question });
      wasUp = true;
    },
    onDown(error) {
      if (!wasUp) over.reject(error);
    },
    onSnapshot: (snapshot) => answered(closedIn(snapshot, agent, id)),
    onEvent: (event) => answered(closedBy(event, id)),
    onOrder: () => {},
    log: (line) => {
      log(line);
      over.reject(new Error(line));
    },
  });
  const running = link.run().catch((error: unknown) => over.reject(error));
  const withdraw = () => {
    const data = { approval: id, reason: 'no-longer-needed' } as const;
    link.report({ type: 'approval.withdrawn', agent, data });
    over.resolve(undefined);
  };
  signal.addEventListener('abort', withdraw, { once: true });
  try {
    return await over.promise;
  } finally {
    signal.removeEventListener('abort', withdraw);
    await link.leave('ended', LEAVE_MS);
    await running;
  }
}

function closedIn({ fleet }: Snapshot, agent: string, id: string): Asked {
  return fleet.agents[agent]?.closedApprovals?.find((closed) => closed.id === id);
}

function closedBy(event: LogEvent, id: string): Asked {
  switch (event.type) {
    case 'approval.resolved': {
      const { approval, choice, text } = event.data;
      return approval === id ? { outcome: 'resolved', choice, text, by: event.actor } : undefined;
    }
    case 'approval.expired':
      return event.data.approval === id ? { outcome: 'expired' } : undefined;
    case 'approval.withdrawn':
      return event.data.approval === id ? { outcome: 'withdrawn' } : undefined;
    default:
      return undefined;
  }
}
