/**
 * Withdraws a question when the process that waits for its answer disconnects: a hook that its agent killed because
 * the person answered in the terminal, or a script that was interrupted.
 */
import { SERVICE_ACTOR } from '../../protocol/decide/command.ts';
import type { Log } from '../log/log.ts';

/** Maximum time from a question to its first poll, and from the end of one poll to the next. */
const NEXT_POLL_MS = 5_000;

interface Waiter {
  requests: number;
  /** Timer that runs while no request is open. */
  grace: NodeJS.Timeout | undefined;
}

export class ApprovalWaiters {
  readonly #log: Log;
  readonly #reconnectGraceMs: number;
  readonly #byApproval = new Map<string, Waiter>();

  /** @param reconnectGraceMs time to reconnect after a broken request. */
  constructor(log: Log, reconnectGraceMs: number) {
    this.#log = log;
    this.#reconnectGraceMs = reconnectGraceMs;
  }

  /** A process has asked the question and will poll for the answer with separate requests. */
  expect(approval: string): void {
    this.wait(approval)('answered');
  }

  /** A request waits for this answer. Returns a function to call when the request has ended. */
  wait(approval: string): (how: 'answered' | 'broken') => void {
    const waiter = this.#byApproval.get(approval) ?? { requests: 0, grace: undefined };
    this.#byApproval.set(approval, waiter);
    clearTimeout(waiter.grace);
    waiter.requests += 1;
    return (how) => {
      waiter.requests -= 1;
      if (waiter.requests > 0) return;
      const graceMs = how === 'broken' ? this.#reconnectGraceMs : NEXT_POLL_MS;
      waiter.grace = setTimeout(() => this.#withdraw(approval), graceMs).unref();
    };
  }

  close(): void {
    for (const { grace } of this.#byApproval.values()) clearTimeout(grace);
    this.#byApproval.clear();
  }

  #withdraw(approval: string): void {
    this.#byApproval.delete(approval);
    // the command changes nothing if the question is closed already
    void this.#log.append(
      { type: 'withdraw-approval', approval, reason: 'asker-gone' },
      SERVICE_ACTOR,
    );
  }
}
