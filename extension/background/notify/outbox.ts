/**
 * Decides about pending notifications, before they are stored and shown. Pure.
 *
 *   new ──▶ show ──▶ many at once? one digest ──▶ shown by the session
 *    │└──▶ hold ──▶ quiet period over ──▶ one summary ────┘
 *    └───▶ drop
 *
 * The decision is stored before anything is shown: a worker that is killed in between neither forgets a notification
 * nor shows it under two ids.
 */
import { listed } from '../../i18n/language.ts';
import { t } from '../../i18n/worker.ts';
import { plainText } from '../../shared/plain-text.ts';
import type { NoticeKind } from '../../shared/settings.ts';
import type { BrowserNotice, NoticeSubject } from '../../shared/view.ts';
import type { NotificationVerdict } from './notification-verdict.ts';
import { isDue } from './notices.ts';
import { MESSAGE_CHARS } from './notice-words.ts';

/** Above this, new notifications are merged into one digest. */
const MOST_AT_ONCE = 3;

export interface SettleOptions {
  readonly service: string;
  /** The person has seen everything up to this position. */
  readonly seenSeq: number;
  /** Ids of the notifications that still apply, from `dueIds`. */
  readonly due: ReadonlySet<string>;
  readonly verdict: (occasion: NoticeSubject) => NotificationVerdict;
}

type Undecided = BrowserNotice & { readonly occasion: NoticeSubject };

/** @returns the outbox with all decisions that can be made now; the same array when there are none. */
export function settleOutbox(
  outbox: readonly BrowserNotice[],
  { service, seenSeq, due, verdict }: SettleOptions,
): readonly BrowserNotice[] {
  const ready = outbox.filter((notice) => !isUndecided(notice));
  if (ready.length === outbox.length) return outbox;
  const held: Undecided[] = [];
  const fresh: Undecided[] = [];
  const released: Undecided[] = [];
  for (const notice of outbox.filter((one) => isUndecided(one))) {
    const { occasion, held: times } = notice;
    const decision = verdict(occasion);
    // a question that was answered meanwhile is dropped; a failure is still reported
    const isOver = occasion.kind === 'question' && !isDue(notice.id, due, seenSeq);
    if (decision === 'drop' || occasion.seq <= seenSeq || isOver) continue;
    if (decision === 'hold') hold(held, notice);
    else if (times === undefined) fresh.push(notice);
    else released.push(notice);
  }
  return [
    ...ready,
    ...(fresh.length > MOST_AT_ONCE
      ? [digest(service, fresh)]
      : fresh.map(({ occasion: _occasion, ...notice }) => notice)),
    ...(released.length > 0 ? [summary(service, released)] : []),
    ...held,
  ];
}

function isUndecided(notice: BrowserNotice): notice is Undecided {
  return notice.occasion !== undefined;
}

/** Keeps only the newest notification of each kind and agent, and counts the others. */
function hold(held: Undecided[], notice: Undecided): void {
  const isSame = ({ occasion: { kind, agent } }: Undecided) =>
    kind === notice.occasion.kind && agent === notice.occasion.agent;
  const index = held.findIndex((one) => isSame(one));
  const before = held[index];
  const times = (before?.held ?? 0) + (notice.held ?? 1);
  held.splice(before ? index : held.length, before ? 1 : 0, { ...notice, held: times });
}

function digest(service: string, fresh: readonly Undecided[]): BrowserNotice {
  const isPassing = fresh.every(({ occasion: { kind } }) => TRANSIENT.includes(kind));
  const names = namesOf(fresh);
  return {
    id: `${service}:${isPassing ? 'summary' : 'digest'}:${lastSeq(fresh)}`,
    title: t('notice.digest', { count: names.length }),
    message: plainText(listed(names), MESSAGE_CHARS),
  };
}

const TRANSIENT: readonly NoticeKind[] = ['finished', 'budget'];

function summary(service: string, released: readonly Undecided[]): BrowserNotice {
  const parts = KINDS.flatMap((kind) => {
    const ofKind = released.filter(({ occasion }) => occasion.kind === kind);
    const count = ofKind.reduce((sum, { held = 1 }) => sum + held, 0);
    return count > 0 ? t(`summary.${kind}`, { count }) : [];
  });
  return {
    id: `${service}:summary:${lastSeq(released)}`,
    title: t('notice.summary', { counts: listed(parts) }),
    message: plainText(listed(namesOf(released)), MESSAGE_CHARS),
  };
}

function namesOf(notices: readonly Undecided[]): readonly string[] {
  return [...new Set(notices.map(({ occasion }) => occasion.name))];
}

function lastSeq(notices: readonly Undecided[]): number {
  return Math.max(...notices.map(({ occasion }) => occasion.seq));
}

/** In the order in which a summary lists them. */
const KINDS: readonly NoticeKind[] = ['question', 'failed', 'offline', 'budget', 'finished'];
