/**
 * Stores unacknowledged events on disk, so that another process can deliver them if this one ends.
 *
 * Nothing is written while the service answers. When it can't be reached, all waiting and new events are written, one
 * per line after a header. When everything is acknowledged, the file is deleted.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentProfile } from '../../../protocol/events/agent.ts';
import type { QueuedEvent } from './event-queue.ts';

/** The first line of a file: the profiles of the agents, in case the service does not know them. */
export interface SpoolHeader {
  readonly agents: Readonly<Record<string, AgentProfile>>;
}

/** Each service has its own folder, so that events are never delivered to another one. */
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

  /** @param log prints one line if writing fails. */
  constructor(folder: string, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
  }

  get isOpen(): boolean {
    return this.#descriptor !== undefined;
  }

  /** Starts to store events, including those that wait already. */
  open(header: SpoolHeader, waiting: readonly QueuedEvent[]): void {
    if (this.isOpen || this.#hasFailed) return;
    this.#try(() => {
      // prompts and output are private
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      this.#file = join(this.#folder, `${process.pid}-${process.hrtime.bigint()}.ndjson`);
      this.#descriptor = openSync(this.#file, 'ax', 0o600);
      this.#write([header, ...waiting]);
    });
  }

  keep(event: QueuedEvent): void {
    if (this.isOpen) this.#try(() => this.#write([event]));
  }

  /** Deletes the file, because everything is acknowledged. */
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

  #try(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#descriptor = undefined;
      this.#hasFailed = true;
      this.#log(`Unsent events are not stored on disk: ${(error as Error).message}`);
    }
  }
}
