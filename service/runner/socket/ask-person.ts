/** Asks one question, and waits for a person's answer, through restarts of the service. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { EventData } from '../../../protocol/events/event.ts';
import type { Client } from '../link/client.ts';
import { Link } from '../link/link.ts';
import type { QuestionResult } from './questions.ts';
import { Questions } from './questions.ts';
import { runnerIdOnce } from '../link/runner-id.ts';

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

/** @throws UnreachableError or ProblemError when it can't be asked at all. That is no answer. */
export async function askPerson(options: AskOptions): Promise<QuestionResult> {
  const { client, agent, name, question, signal, log } = options;
  const over = Promise.withResolvers<QuestionResult>();
  const questions = new Questions((report) => link.report(report));
  let id: string | undefined;
  const link: Link = new Link({
    client,
    runner: runnerIdOnce(hostname(), randomBytes(4).toString('hex')),
    async register(stopped) {
      const profile = { name, kind: 'question', host: hostname(), capabilities: [] };
      await client.registerAgent(agent, profile, stopped);
      return [agent];
    },
    onUp() {
      if (id !== undefined) return;
      const asked = questions.ask(agent, undefined, question);
      ({ id } = asked);
      void asked.ended.then(over.resolve);
    },
    onDown(error) {
      if (id === undefined) over.reject(error);
    },
    onSnapshot: (snapshot) => questions.compare(snapshot),
    onEvent: (event) => questions.parse(event),
    onOrder: () => {},
    log: (line) => {
      log(line);
      over.reject(new Error(line));
    },
  });
  const running = link.run().catch((error: unknown) => over.reject(error));
  const withdraw = () => {
    if (id !== undefined) questions.withdraw(agent, id);
    over.resolve({ outcome: 'withdrawn' });
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
