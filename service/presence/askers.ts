/**
 * Those who wait for an answer, and are gone when their request is: a hook that its agent has killed as the person
 * answered in the terminal, a script that was interrupted. Then nobody must be asked any more.
 */
import { SERVICE_ACTOR } from '../../protocol/decide/command.ts';
import type { Log } from '../log/log.ts';

/** From one answered poll to the next of the same asker, and from asking to the first. */
const NEXT_POLL_MS = 5_000;

interface Asker {
  requests: number;
  /** Runs while none of its requests is open. */
  grace: NodeJS.Timeout | undefined;
}

export class ApprovalWaiters {
  readonly #log: Log;
  readonly #goneMs: number;
  readonly #byApproval = new Map<string, Asker>();

  /** @param goneMs how long a broken connection may take to come back. */
  constructor(log: Log, goneMs: number) {
    this.#log = log;
    this.#goneMs = goneMs;
  }

  /** Somebody has asked, and will wait for the answer with a request of its own. */
  expect(approval: string): void {
    this.wait(approval)('answered');
  }

  /** A request waits for this answer. Returns how to say that it is over: answered, or broken off. */
  wait(approval: string): (how: 'answered' | 'broken') => void {
    const asker = this.#byApproval.get(approval) ?? { requests: 0, grace: undefined };
    this.#byApproval.set(approval, asker);
    clearTimeout(asker.grace);
    asker.requests += 1;
    return (how) => {
      asker.requests -= 1;
      if (asker.requests > 0) return;
      const graceMs = how === 'broken' ? this.#goneMs : NEXT_POLL_MS;
      asker.grace = setTimeout(() => this.#gone(approval), graceMs).unref();
    };
  }

  close(): void {
    for (const { grace } of this.#byApproval.values()) clearTimeout(grace);
    this.#byApproval.clear();
  }

  #gone(approval: string): void {
    this.#byApproval.delete(approval);
    // one that is closed is left alone
    void this.#log.append(
      { type: 'withdraw-approval', approval, reason: 'asker-gone' },
      SERVICE_ACTOR,
    );
  }
}
