/** Asks a person one question and waits for the answer, even if the service restarts. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { EventData } from '../../../protocol/events/event.ts';
import type { Client } from '../../../protocol/client/client.ts';
import { Link } from '../link/link.ts';
import type { QuestionResult } from './questions.ts';
import { Questions } from './questions.ts';
import { runnerIdOnce } from '../link/runner-id.ts';

/** Limit for sending the last events. */
const LEAVE_MS = 2_000;

export interface AskOptions {
  readonly client: Client;
  readonly agent: string;
  /** Display name of the agent that asks. */
  readonly name: string;
  readonly question: EventData<'approval.requested'>;
  /** Withdraws the question when it is aborted. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** @throws ServiceError if the question can't be asked. */
export async function askPerson(options: AskOptions): Promise<QuestionResult> {
  const { client, agent, name, question, signal, log } = options;
  const result = Promise.withResolvers<QuestionResult>();
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
      const open = questions.ask(agent, undefined, question);
      ({ id } = open);
      void open.ended.then(result.resolve);
    },
    onDown(error) {
      if (id === undefined) result.reject(error);
    },
    onSnapshot: (snapshot) => questions.compare(snapshot),
    onEvent: (event) => questions.parse(event),
    onOrder: () => {},
    log: (line) => {
      log(line);
      result.reject(new Error(line));
    },
  });
  const running = link.run().catch((error: unknown) => result.reject(error));
  const withdraw = () => {
    if (id !== undefined) questions.withdraw(agent, id);
    result.resolve({ outcome: 'withdrawn' });
  };
  signal.addEventListener('abort', withdraw, { once: true });
  try {
    return await result.promise;
  } finally {
    signal.removeEventListener('abort', withdraw);
    await link.leave('ended', LEAVE_MS);
    await running;
  }
}
