/** Tracks the questions that wait for a person. */
import { uuidv7 } from 'uuidv7';
import type { EventData, LogEvent } from '../../../protocol/events/event.ts';
import type { ClosedApproval } from '../../../protocol/fleet/fleet.ts';
import type { Snapshot } from '../../../protocol/wire/messages.ts';
import type { Report } from '../report/event-queue.ts';

export type QuestionResult = Pick<ClosedApproval, 'outcome' | 'choice' | 'text' | 'by'>;

export interface OpenQuestion {
  readonly id: string;
  /** Settles when the service reports the result. */
  readonly ended: Promise<QuestionResult>;
}

export class Questions {
  readonly #report: (report: Report) => void;
  readonly #waiting = new Map<string, (result: QuestionResult) => void>();

  constructor(report: (report: Report) => void) {
    this.#report = report;
  }

  ask(agent: string, run: string | undefined, data: EventData<'approval.requested'>): OpenQuestion {
    const id = uuidv7();
    const { promise, resolve } = Promise.withResolvers<QuestionResult>();
    this.#waiting.set(id, resolve);
    this.#report({
      type: 'approval.requested',
      agent,
      id,
      data,
      ...(run !== undefined && { run }),
    });
    return { id, ended: promise };
  }

  /** Withdraws a question that is not needed any more. */
  withdraw(agent: string, id: string): void {
    if (!this.#waiting.delete(id)) return;
    const data = { approval: id, reason: 'no-longer-needed' } as const;
    this.#report({ type: 'approval.withdrawn', agent, data });
  }

  /** Settles the question that an event of the log ends. */
  parse(event: LogEvent): void {
    switch (event.type) {
      case 'approval.resolved': {
        const { approval, choice, text } = event.data;
        this.#end(approval, { outcome: 'resolved', choice, text, by: event.actor });
        return;
      }
      case 'approval.expired':
        this.#end(event.data.approval, { outcome: 'expired' });
        return;
      case 'approval.withdrawn':
        this.#end(event.data.approval, { outcome: 'withdrawn' });
        return;
      default:
    }
  }

  /** Settles the questions that ended while we were disconnected. */
  compare({ fleet }: Snapshot): void {
    for (const { closedApprovals = [] } of Object.values(fleet.agents)) {
      for (const closed of closedApprovals) this.#end(closed.id, closed);
    }
  }

  #end(id: string, result: QuestionResult): void {
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }
}
