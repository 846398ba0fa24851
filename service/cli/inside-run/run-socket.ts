/** Sends requests to the runner from inside a run; see runner/socket/run-socket.ts. */
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventData } from '../../../protocol/events/event.ts';
import type { ParsedEvent } from '../../adapters/output/output-parser.ts';
import type { QuestionResult } from '../../runner/socket/questions.ts';
import type { SocketAnswer } from '../../runner/socket/run-socket.ts';

/** The runner listens before the command starts, so few attempts are enough. */
const CONNECT_TRIES = 10;
const CONNECT_PAUSE_MS = 50;

/** Where a command finds the runner of its run. */
export interface RunPlace {
  readonly socket: string;
  readonly run: string;
}

/** Undefined outside a run. */
export function runPlace(env: NodeJS.ProcessEnv): RunPlace | undefined {
  const { AGENTLIGHT_SOCKET: socket, AGENTLIGHT_RUN: run } = env;
  return socket && run ? { socket, run } : undefined;
}

/** @throws Error if the event was refused or the runner has ended. */
export async function reportInRun({ socket, run }: RunPlace, event: ParsedEvent): Promise<void> {
  await request(socket, { run, say: event });
}

/** @throws Error if the question can't be asked. */
export async function askInRun(
  { socket, run }: RunPlace,
  question: EventData<'approval.requested'>,
  signal: AbortSignal,
): Promise<QuestionResult> {
  const answer = await request(socket, { run, ask: question }, signal);
  return answer.ending ?? { outcome: 'withdrawn' };
}

async function request(
  path: string,
  message: object,
  signal?: AbortSignal,
): Promise<Extract<SocketAnswer, { ok: true }>> {
  const socket = await connect(path);
  const close = () => socket.destroy();
  signal?.addEventListener('abort', close, { once: true });
  socket.write(`${JSON.stringify(message)}\n`);
  let text = '';
  for await (const piece of socket.setEncoding('utf8')) {
    text += piece as string;
    if (text.includes('\n')) break;
  }
  if (signal?.aborted) return { ok: true };
  if (text === '') throw new Error('The runner of this run has ended.');
  const answer = JSON.parse(text) as SocketAnswer;
  if (!answer.ok) throw new Error(answer.problem.detail);
  return answer;
}

async function connect(path: string): Promise<Socket> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await new Promise<Socket>((resolve, reject) => {
        const socket = createConnection(path, () => resolve(socket)).once('error', reject);
      });
    } catch (error) {
      if (tries === CONNECT_TRIES) {
        throw new Error("The runner of this run can't be reached.", { cause: error });
      }
      await delay(CONNECT_PAUSE_MS);
    }
  }
}
