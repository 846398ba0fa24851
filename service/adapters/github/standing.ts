/** How GitHub says where something stands, in our words. */
import type { EventData } from '../../../protocol/events/event.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { DeliveryEvent } from '../webhooks/delivery.ts';
import { cut } from '../shown-text.ts';

/** `waits-for-person`: somebody must say yes on GitHub, and then it goes on. */
export type Phase = 'queued' | 'waits-for-person' | 'running' | 'ended';

export function phaseOf(status: string, conclusion: string | null | undefined): Phase {
  // an unapproved run of a stranger's pull request is "completed", and begins when somebody approves it
  if (status === 'completed')
    return conclusion === 'action_required' ? 'waits-for-person' : 'ended';
  if (status === 'in_progress') return 'running';
  return status === 'waiting' ? 'waits-for-person' : 'queued';
}

type FailureReason = EventData<'run.failed'>['reason'];

interface Ending {
  readonly type: 'run.succeeded' | 'run.failed' | 'run.cancelled';
  /** Of failures. */
  readonly reason: FailureReason;
  readonly words: string;
}

const ENDINGS: Readonly<Record<string, Ending>> = {
  success: { type: 'run.succeeded', reason: 'other', words: 'Succeeded' },
  neutral: { type: 'run.succeeded', reason: 'other', words: 'Neither success nor failure' },
  // neither went wrong, and nobody should read "succeeded" of what never ran
  skipped: { type: 'run.cancelled', reason: 'other', words: 'Skipped' },
  cancelled: { type: 'run.cancelled', reason: 'other', words: 'Cancelled' },
  failure: { type: 'run.failed', reason: 'exit', words: 'Failed' },
  timed_out: { type: 'run.failed', reason: 'timeout', words: 'Took too long' },
  startup_failure: { type: 'run.failed', reason: 'spawn', words: 'Could not start' },
  stale: {
    type: 'run.failed',
    reason: 'lost',
    words: 'Given up by GitHub: nothing was heard of it',
  },
  action_required: { type: 'run.failed', reason: 'other', words: 'Needs somebody on GitHub' },
};

export function endingOf(conclusion: string | null | undefined): Ending {
  const known = conclusion && Object.hasOwn(ENDINGS, conclusion) ? ENDINGS[conclusion] : undefined;
  if (known) return known;
  const words = `Ended with the conclusion "${cut(conclusion ?? 'none', 40)}"`;
  return { type: 'run.failed', reason: 'other', words };
}

/** The end of a run. @param about what else there is to say, such as where to look. */
export function endOfRun(
  { type, reason, words }: Ending,
  about: readonly string[],
  rest: { readonly id: string; readonly time: string | undefined },
): DeliveryEvent {
  const said = [words, ...about].filter((part) => part !== '').join('. ');
  const message = cut(said, LIMITS.messageChars);
  return type === 'run.failed'
    ? { type, ...rest, data: { reason, message } }
    : { type, ...rest, data: { message } };
}

/** ISO 8601 in UTC; undefined for what is no time, or one that nobody can mean. */
export function timeOf(text: string | null | undefined): string | undefined {
  const date = new Date(text ?? Number.NaN);
  const year = date.getUTCFullYear();
  return year >= 2000 && year <= 9999 ? date.toISOString() : undefined;
}
