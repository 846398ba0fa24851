/**
 * What the service has not acknowledged, on disk: it outlives its process, and another process delivers it.
 *
 * Nothing is written while the service answers. When it can't be reached, what waits is written, and whatever comes
 * after that, an event a line behind a line about the agents; when all of it is acknowledged, the file is gone.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentProfile } from '../../../protocol/events/agent.ts';
import type { QueuedEvent } from './event-queue.ts';

/** The first line of a file: what the service needs to know of agents that it has never seen. */
export interface SpoolHeader {
  readonly agents: Readonly<Record<string, AgentProfile>>;
}

/** Each service has its own folder: what was meant for one must not go to another. */
export function spoolFolder(dataDir: string, serviceUrl: string): string {
  const name = createHash('sha256').update(serviceUrl).digest('hex').slice(0, 16);
  return join(dataDir, 'spool', name);
}

export class Spool {
  readonly #folder: string;
  readonly #log: (line: string) => void;
  #file: string | undefined;
  #descriptor: number | undefined;
  #hasFailed = false;

  /** @param log one line for people if the disk takes nothing. */
  constructor(folder: string, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
  }

  get isOpen(): boolean {
    return this.#descriptor !== undefined;
  }

  /** From now on events are kept, beginning with those that wait already. */
  open(header: SpoolHeader, waiting: readonly QueuedEvent[]): void {
    if (this.isOpen || this.#hasFailed) return;
    this.#try(() => {
      // prompts and output are nobody else's business
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      this.#file = join(this.#folder, `${process.pid}-${process.hrtime.bigint()}.ndjson`);
      this.#descriptor = openSync(this.#file, 'ax', 0o600);
      this.#write([header, ...waiting]);
    });
  }

  keep(event: QueuedEvent): void {
    if (this.isOpen) this.#try(() => this.#write([event]));
  }

  /** All of it is acknowledged. */
  clear(): void {
    if (this.#descriptor === undefined || this.#file === undefined) return;
    const [descriptor, file] = [this.#descriptor, this.#file];
    this.#descriptor = undefined;
    this.#try(() => {
      closeSync(descriptor);
      rmSync(file, { force: true });
    });
  }

  #write(lines: readonly object[]): void {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    if (this.#descriptor !== undefined) writeSync(this.#descriptor, text);
  }

  #try(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#descriptor = undefined;
      this.#hasFailed = true;
      this.#log(`What can't be sent is not kept on disk: ${(error as Error).message}`);
    }
  }
}
