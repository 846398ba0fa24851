/** What the toolbar button shows, from all views together. Pure. */
import { listed } from '../../i18n/language.ts';
import { t } from '../../i18n/worker.ts';
import type { Fleet } from '../../../protocol/fleet/fleet.ts';
import { attentionOf, openQuestions, statusOf } from '../../../protocol/fleet/status.ts';
import { plainText } from '../../shared/plain-text.ts';
import type { Silence } from '../../shared/quiet.ts';
import { untilWords } from '../../shared/quiet.ts';
import { withoutMuted } from '../../shared/settings.ts';
import type { PairedService, View } from '../../shared/view.ts';
import type { IconState } from './icon.ts';

export interface Badge {
  readonly text: string;
  readonly color: string;
  readonly textColor: '#000000' | '#ffffff';
  readonly icon: IconState;
  /** In words; also what screen readers say. */
  readonly title: string;
}

/** Contrast of white on these: 5.2, 4.8 and 5.9 to 1; amber takes black, 13 to 1. */
const AMBER = '#ffc53d';
const RED = '#ce2c31';
const BLUE = '#0d74ce';
const GREY = '#60646c';

/** A connection that is back within this time was never gone, as far as the toolbar is concerned. */
export const CUT_OFF_AFTER_MS = 2_000;

export interface BadgeInput {
  readonly services: readonly { readonly service: PairedService; readonly view: View }[];
  /** Agents that don't count, as in the settings. */
  readonly muted?: readonly string[];
  /** Notifications wait: the count goes on, in grey, and says why. */
  readonly silence?: Silence | undefined;
  readonly nowMs: number;
  /** When this worker began: it can't know what happened before. */
  readonly bornMs: number;
}

export function badgeOf({ services, muted = [], silence, nowMs, bornMs }: BadgeInput): Badge {
  const show = (text: string, look: keyof typeof LOOKS, title: string): Badge => ({
    text,
    title: silence ? silentTitle(title, silence, nowMs) : title,
    ...LOOKS[look],
    ...(silence && { color: GREY, textColor: WHITE }),
  });
  if (services.length === 0) return show('', 'off', t('badge.begin'));
  const cutOff = services.filter(({ view }) => isCutOff(view, nowMs, bornMs));
  const inContact = services.filter((one) => !cutOff.includes(one));
  const counts = sum(
    inContact.map(({ service, view }) =>
      count(withoutMuted(view.fleet, service.id, muted), view.seenSeq),
    ),
  );
  const title = titleOf(counts, cutOff);
  const alarms = counts.failed + counts.offline;
  if (counts.questions > 0) return show(short(counts.questions), 'needs-you', title);
  // what is known for sure comes first: a count, when another service is in contact
  if (alarms > 0) return show(short(alarms), 'failed', title);
  if (cutOff.length > 0) return show('!', 'off', title);
  if (counts.running > 0) return show(short(counts.running), 'running', title);
  return show('', 'calm', title);
}

const WHITE = '#ffffff';
const LOOKS = {
  'needs-you': { color: AMBER, textColor: '#000000', icon: 'needs-you' },
  'failed': { color: RED, textColor: WHITE, icon: 'failed' },
  'running': { color: BLUE, textColor: WHITE, icon: 'running' },
  'off': { color: GREY, textColor: WHITE, icon: 'off' },
  'calm': { color: GREY, textColor: WHITE, icon: 'calm' },
} as const satisfies Record<string, Omit<Badge, 'text' | 'title'>>;

/** Out of contact for longer than a reconnect takes. */
function isCutOff({ connection, asOfMs }: View, nowMs: number, bornMs: number): boolean {
  if (connection.state === 'live') return false;
  if (connection.state === 'stopped') return true;
  return nowMs - Math.max(asOfMs, bornMs) >= CUT_OFF_AFTER_MS;
}

interface Counts {
  /** That wait for a person; seeing them does not answer them. */
  readonly questions: number;
  /** Not seen by the person yet. */
  readonly failed: number;
  readonly offline: number;
  readonly running: number;
}

function count(fleet: Fleet, seenSeq: number): Counts {
  let [questions, failed, offline, running] = [0, 0, 0, 0];
  for (const agent of Object.values(fleet.agents)) {
    questions += openQuestions(fleet, agent).length;
    const attention = attentionOf(fleet, agent);
    if (attention && attention.seq > seenSeq) {
      if (attention.kind === 'failed') failed += 1;
      else offline += 1;
    }
    if (RUNNING.has(statusOf(fleet, agent))) running += 1;
  }
  return { questions, failed, offline, running };
}

const RUNNING: ReadonlySet<string> = new Set(['requested', 'running', 'paused', 'cancelling']);

function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, one) => ({
      questions: total.questions + one.questions,
      failed: total.failed + one.failed,
      offline: total.offline + one.offline,
      running: total.running + one.running,
    }),
    { questions: 0, failed: 0, offline: 0, running: 0 },
  );
}

function titleOf(
  { questions, failed, offline, running }: Counts,
  cutOff: BadgeInput['services'],
): string {
  const parts = [
    questions > 0 && t('count.waiting', { count: questions }),
    failed > 0 && t('count.failed', { count: failed }),
    offline > 0 && t('badge.offline', { count: offline }),
    running > 0 && t('count.running', { count: running }),
    ...cutOff.map(({ service, view }) =>
      t(cutOffWords(view), { host: plainText(new URL(service.url).host, 60) }),
    ),
  ].filter((part) => part !== false);
  return parts.length === 0 ? t('badge.quiet') : t('badge.counts', { counts: listed(parts) });
}

/** What a person must do something about is said as such. */
function cutOffWords({ connection }: View) {
  const isTaken = connection.state === 'stopped' && connection.trouble === 'no-access';
  return isTaken ? 'badge.no-access' : 'badge.cut-off';
}

function silentTitle(title: string, { why, untilMs }: Silence, nowMs: number): string {
  return t(`badge.title-${why}`, { title, time: untilWords(untilMs, nowMs) });
}

/** At most three characters: more do not fit. */
function short(number: number): string {
  return number > 99 ? '99+' : String(number);
}
