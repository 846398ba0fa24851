/**
 * What becomes of the notices that are owed, before they are stored and shown. Pure.
 *
 *   new ──▶ show ──▶ many at once? one digest ──▶ shown by the session
 *    │└──▶ hold ──▶ silence over ──▶ one summary ─────────┘
 *    └───▶ drop
 *
 * What is decided is stored before anything is shown, so a worker that is killed in between neither forgets a notice
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

/** More at once become one notification that lists them. */
const MOST_AT_ONCE = 3;

export interface SettleOptions {
  readonly service: string;
  /** What the person has looked at. */
  readonly seenSeq: number;
  /** Ids of what is still true. */
  readonly due: ReadonlySet<string>;
  readonly verdict: (occasion: NoticeSubject) => NotificationVerdict;
}

type Open = BrowserNotice & { readonly occasion: NoticeSubject };

/** The outbox with everything decided that can be decided now; the same array when that is nothing. */
export function settleOutbox(
  outbox: readonly BrowserNotice[],
  { service, seenSeq, due, verdict }: SettleOptions,
): readonly BrowserNotice[] {
  const ready = outbox.filter((notice) => !isOpen(notice));
  if (ready.length === outbox.length) return outbox;
  const held: Open[] = [];
  const fresh: Open[] = [];
  const released: Open[] = [];
  for (const notice of outbox.filter((one) => isOpen(one))) {
    const { occasion, held: times } = notice;
    const decision = verdict(occasion);
    // a question that was answered meanwhile is no news; what happened is
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

function isOpen(notice: BrowserNotice): notice is Open {
  return notice.occasion !== undefined;
}

/** Of what happened to one agent again and again, only the last is kept, and how often. */
function hold(held: Open[], notice: Open): void {
  const isSame = ({ occasion: { kind, agent } }: Open) =>
    kind === notice.occasion.kind && agent === notice.occasion.agent;
  const index = held.findIndex((one) => isSame(one));
  const before = held[index];
  const times = (before?.held ?? 0) + (notice.held ?? 1);
  held.splice(before ? index : held.length, before ? 1 : 0, { ...notice, held: times });
}

function digest(service: string, fresh: readonly Open[]): BrowserNotice {
  const isPassing = fresh.every(({ occasion: { kind } }) => PASSING.includes(kind));
  const names = namesOf(fresh);
  return {
    id: `${service}:${isPassing ? 'summary' : 'digest'}:${lastSeq(fresh)}`,
    title: t('notice.digest', { count: names.length }),
    message: plainText(listed(names), MESSAGE_CHARS),
  };
}

const PASSING: readonly NoticeKind[] = ['finished', 'budget'];

function summary(service: string, released: readonly Open[]): BrowserNotice {
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

function namesOf(notices: readonly Open[]): readonly string[] {
  return [...new Set(notices.map(({ occasion }) => occasion.name))];
}

function lastSeq(notices: readonly Open[]): number {
  return Math.max(...notices.map(({ occasion }) => occasion.seq));
}

/** As a summary lists them. */
const KINDS: readonly NoticeKind[] = ['question', 'failed', 'offline', 'budget', 'finished'];
