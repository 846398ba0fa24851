/**
 * A socket through which commands report events of their own run and ask questions, without a token and also offline.
 *
 * Each request is one line of JSON: `{"run", "say": {"type", "data"}}` or `{"run", "ask": {…}}`, where `run` is the value
 * of `AGENTLIGHT_RUN`. The answer is one line: `{"ok": true}` or `{"ok": false, "problem"}`. A question is answered when
 * it has ended, with its `ending`. Its folder is private, so only the same user can open it.
 */
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { ParsedEvent } from '../../adapters/output/output-parser.ts';
import type { EventData } from '../../../protocol/events/event.ts';
import type { OpenQuestion } from './questions.ts';

/** Enough for the complete details of a question. */
const MAX_LINE_CHARS = 200_000;

export interface RunSocketOptions {
  /** Returns false if this runner has no such run. */
  readonly report: (run: string, event: ParsedEvent) => boolean;
  /** Returns undefined if this runner has no such run. */
  readonly ask: (
    run: string,
    question: EventData<'approval.requested'>,
  ) => OpenQuestion | undefined;
  readonly withdraw: (run: string, id: string) => void;
}

export type SocketAnswer =
  | { readonly ok: true; readonly ending?: Awaited<OpenQuestion['ended']> }
  | { readonly ok: false; readonly problem: { readonly type: string; readonly detail: string } };

export class RunSocket {
  /** For the environment of commands: where the socket is, unless there is no folder for it. */
  readonly env: { readonly AGENTLIGHT_SOCKET?: string };
  readonly #options: RunSocketOptions;
  readonly #server: Server;

  /**
   * Listens from the next turn of the event loop; a command takes longer than that to start.
   *
   * @param folder a private one; not needed on Windows. Without it there is no socket.
   */
  constructor(folder: string | undefined, options: RunSocketOptions) {
    this.#options = options;
    const path = pathIn(folder);
    this.env = path === undefined ? {} : { AGENTLIGHT_SOCKET: path };
    this.#server = createServer((socket) => this.#serve(socket));
    // commands run without the socket, too
    this.#server.on('error', () => {});
    if (path !== undefined) this.#server.listen(path);
    this.#server.unref();
  }

  close(): void {
    this.#server.close();
  }

  #serve(socket: Socket): void {
    socket.setEncoding('utf8');
    socket.unref();
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (piece: string) => {
      text += piece;
      if (text.length > MAX_LINE_CHARS) {
        socket.end(
          line(refusal('too-large', `A line can have at most ${MAX_LINE_CHARS} characters.`)),
        );
        return;
      }
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const request of lines) {
        if (request.trim() !== '') void this.#answer(request, socket);
      }
    });
  }

  async #answer(request: string, socket: Socket): Promise<void> {
    const answer = await this.#execute(request, socket).catch((error: unknown) =>
      refusal('internal', String(error)),
    );
    if (socket.writable) socket.write(line(answer));
  }

  async #execute(request: string, socket: Socket): Promise<SocketAnswer> {
    // loaded with the first request, so that the command does not wait for schemas
    const { readRunRequest } = await import('./run-request.ts');
    const parsed = readRunRequest(request);
    if ('problem' in parsed) return { ok: false, problem: parsed.problem };
    const { run } = parsed;
    if ('event' in parsed) {
      return this.#options.report(run, parsed.event) ? { ok: true } : unknownRun(run);
    }
    const question = this.#options.ask(run, parsed.question);
    if (!question) return unknownRun(run);
    const withdraw = () => this.#options.withdraw(run, question.id);
    socket.once('close', withdraw);
    const ending = await question.ended;
    socket.off('close', withdraw);
    return { ok: true, ending };
  }
}

function pathIn(folder: string | undefined): string | undefined {
  if (folder !== undefined) return join(folder, 'run');
  if (process.platform !== 'win32') return undefined;
  return `\\\\.\\pipe\\agentlight-${randomBytes(16).toString('hex')}`;
}

function unknownRun(run: string): SocketAnswer {
  return refusal('unknown-run', `Run ${run} does not belong to this runner, or has ended.`);
}

function refusal(type: string, detail: string): SocketAnswer {
  return { ok: false, problem: { type, detail } };
}

function line(answer: SocketAnswer): string {
  return `${JSON.stringify(answer)}\n`;
}
