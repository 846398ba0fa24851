/** Somebody must say yes on GitHub. We can't do that for them, so all that can be answered here is that one knows. */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { DeliveryEvent } from '../webhooks/delivery.ts';
import { derivedId, hashOf } from '../webhooks/derived-id.ts';
import { cut, plainName } from '../shown-text.ts';
import { timeOf } from './standing.ts';

/** GitHub waits for thirty days. */
const WAIT_MS = 30 * 86_400_000;

interface Wait {
  readonly title: string;
  /** Where to answer. */
  readonly url: string;
  readonly since: string | null | undefined;
}

/** The id of the question, which is that of its event. */
export function questionId(run: string, subject: string): string {
  return derivedId('github-question', run, subject);
}

export function requestReview(id: string, { title, url, since }: Wait): DeliveryEvent {
  const sinceTime = timeOf(since);
  return {
    type: 'approval.requested',
    id,
    data: {
      kind: 'permission',
      title: plainName(title, LIMITS.titleChars) || 'Somebody is needed',
      details: cut(`It can only be answered on GitHub: ${url}`, LIMITS.detailsChars),
      choices: [{ id: 'seen', label: 'I answer it on GitHub', tone: 'neutral' }],
      hash: hashOf({ title, url }),
      ...(sinceTime && { expiresAt: new Date(Date.parse(sinceTime) + WAIT_MS).toISOString() }),
    },
  };
}
