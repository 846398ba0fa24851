/** Maps GitHub's statuses and conclusions to ours. */
import type { EventData } from '../../../protocol/events/event.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { DeliveryEvent } from '../webhooks/delivery.ts';
import { cut } from '../shown-text.ts';

/** `waits-for-person`: it continues once somebody approves it on GitHub. */
export type Phase = 'queued' | 'waits-for-person' | 'running' | 'ended';

export function phaseOf(status: string, conclusion: string | null | undefined): Phase {
  // an unapproved run of an outsider's pull request is "completed", and starts once it is approved
  if (status === 'completed')
    return conclusion === 'action_required' ? 'waits-for-person' : 'ended';
  if (status === 'in_progress') return 'running';
  return status === 'waiting' ? 'waits-for-person' : 'queued';
}

type FailureReason = EventData<'run.failed'>['reason'];

interface Ending {
  readonly type: 'run.succeeded' | 'run.failed' | 'run.cancelled';
  /** Used for failures only. */
  readonly reason: FailureReason;
  readonly words: string;
}

const ENDINGS: Readonly<Record<string, Ending>> = {
  success: { type: 'run.succeeded', reason: 'other', words: 'Succeeded' },
  neutral: { type: 'run.succeeded', reason: 'other', words: 'Neither success nor failure' },
  // not a failure, but what never ran did not succeed either
  skipped: { type: 'run.cancelled', reason: 'other', words: 'Skipped' },
  cancelled: { type: 'run.cancelled', reason: 'other', words: 'Cancelled' },
  failure: { type: 'run.failed', reason: 'exit', words: 'Failed' },
  timed_out: { type: 'run.failed', reason: 'timeout', words: 'Took too long' },
  startup_failure: { type: 'run.failed', reason: 'spawn', words: 'Could not start' },
  stale: {
    type: 'run.failed',
    reason: 'lost',
    words: 'Given up by GitHub: no update for too long',
  },
  action_required: { type: 'run.failed', reason: 'other', words: 'Needs attention on GitHub' },
};

export function endingOf(conclusion: string | null | undefined): Ending {
  const known = conclusion && Object.hasOwn(ENDINGS, conclusion) ? ENDINGS[conclusion] : undefined;
  if (known) return known;
  const words = `Ended with the conclusion "${cut(conclusion ?? 'none', 40)}"`;
  return { type: 'run.failed', reason: 'other', words };
}

/** The last event of a run. @param about further sentences for the message, such as a link. */
export function endOfRun(
  { type, reason, words }: Ending,
  about: readonly string[],
  rest: { readonly id: string; readonly time: string | undefined },
): DeliveryEvent {
  const sentences = [words, ...about].filter((part) => part !== '').join('. ');
  const message = cut(sentences, LIMITS.messageChars);
  return type === 'run.failed'
    ? { type, ...rest, data: { reason, message } }
    : { type, ...rest, data: { message } };
}

/** ISO 8601 in UTC; undefined for an invalid time or one outside the years 2000 to 9999. */
export function timeOf(text: string | null | undefined): string | undefined {
  const date = new Date(text ?? Number.NaN);
  const year = date.getUTCFullYear();
  return year >= 2000 && year <= 9999 ? date.toISOString() : undefined;
}
