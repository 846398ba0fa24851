/** Approvals that can only be given on GitHub. In the browser one can only acknowledge them. */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { DeliveryEvent } from '../webhooks/delivery.ts';
import { derivedId, hashOf } from '../webhooks/derived-id.ts';
import { cut, plainName } from '../shown-text.ts';
import { timeOf } from './status.ts';

/** GitHub waits thirty days for an approval. */
const WAIT_MS = 30 * 86_400_000;

interface Wait {
  readonly title: string;
  /** The page where it can be answered. */
  readonly url: string;
  readonly since: string | null | undefined;
}

/** The id of the approval, which is also the id of its event. */
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
      title: plainName(title, LIMITS.titleChars) || 'Approval needed',
      details: cut(`It can only be answered on GitHub: ${url}`, LIMITS.detailsChars),
      choices: [{ id: 'seen', label: 'I answer it on GitHub', tone: 'neutral' }],
      hash: hashOf({ title, url }),
      ...(sinceTime && { expiresAt: new Date(Date.parse(sinceTime) + WAIT_MS).toISOString() }),
    },
  };
}
