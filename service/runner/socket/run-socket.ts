/**
 * A socket through which commands speak about their own run: no token, no address, and it works offline.
 *
 * One JSON object a line, answered with one: `{"run", "say": {"type", "data"}}` or `{"run", "ask": {…}}`, where `run`
 * is what the command finds in `AGENTLIGHT_RUN`. The answer is `{"ok": true}`, or `{"ok": false, "problem"}`; of a
 * question it comes when the question has ended, with its `ending`. Who may open it may speak: its folder is private.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { ParsedEvent } from '../../adapters/output/output-parser.ts';
import type { EventData } from '../../../protocol/events/event.ts';
import type { OpenQuestion } from './questions.ts';

/** A line may hold the details of a question, whole. */
const MAX_LINE_CHARS = 200_000;

export interface RunSocketOptions {
  /** False when there is no such run here. */
  readonly say: (run: string, event: ParsedEvent) => boolean;
  /** Undefined when there is no such run here. */
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
  /** For the environment of commands: `AGENTLIGHT_SOCKET`. */
  readonly path: string;
  readonly #options: RunSocketOptions;
  readonly #folder: string | undefined;
  readonly #server: Server;

  /** Listens from the next turn of the event loop on; a command takes longer than that to start. */
  constructor(options: RunSocketOptions) {
    this.#options = options;
    const isWindows = process.platform === 'win32';
    this.#folder = isWindows ? undefined : mkdtempSync(join(tmpdir(), 'agentlight-'));
    this.path = this.#folder
      ? join(this.#folder, 'run')
      : `\\\\.\\pipe\\agentlight-${randomBytes(16).toString('hex')}`;
    this.#server = createServer((socket) => this.#serve(socket));
    // without it commands can't speak about themselves, and run all the same
    this.#server.on('error', () => {});
    this.#server.listen(this.path);
    this.#server.unref();
  }

  close(): void {
    this.#server.close();
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  }

  #serve(socket: Socket): void {
    socket.setEncoding('utf8');
    socket.unref();
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (piece: string) => {
      text += piece;
      if (text.length > MAX_LINE_CHARS) {
        socket.end(line(refusal('too-large', `A line may have ${MAX_LINE_CHARS} characters.`)));
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
    // loaded when something is sent: the command itself must not wait for schemas
    const { readRunRequest } = await import('./run-request.ts');
    const wanted = readRunRequest(request);
    if ('problem' in wanted) return { ok: false, problem: wanted.problem };
    const { run } = wanted;
    if ('event' in wanted) {
      return this.#options.say(run, wanted.event) ? { ok: true } : unknownRun(run);
    }
    const asked = this.#options.ask(run, wanted.question);
    if (!asked) return unknownRun(run);
    const leave = () => this.#options.withdraw(run, asked.id);
    socket.once('close', leave);
    const ending = await asked.ended;
    socket.off('close', leave);
    return { ok: true, ending };
  }
}

function unknownRun(run: string): SocketAnswer {
  return refusal('unknown-run', `Run ${run} is none of this runner, or has ended.`);
}

function refusal(type: string, detail: string): SocketAnswer {
  return { ok: false, problem: { type, detail } };
}

function line(answer: SocketAnswer): string {
  return `${JSON.stringify(answer)}\n`;
}
