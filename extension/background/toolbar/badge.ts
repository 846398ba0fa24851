/** Computes the toolbar badge from the views of all services. Pure. */
import { listed } from '../../i18n/language.ts';
import { t } from '../../i18n/worker.ts';
import type { Fleet } from '../../../protocol/fleet/fleet.ts';
import { attentionOf, openQuestions, statusOf } from '../../../protocol/fleet/status.ts';
import { plainText } from '../../shared/plain-text.ts';
import type { QuietPeriod } from '../../shared/quiet.ts';
import { untilWords } from '../../shared/quiet.ts';
import { withoutMuted } from '../../shared/settings.ts';
import type { PairedService, View } from '../../shared/view.ts';
import type { IconState } from './icon.ts';

export interface Badge {
  readonly text: string;
  readonly color: string;
  readonly textColor: '#000000' | '#ffffff';
  readonly icon: IconState;
  /** Tooltip, which screen readers read, too. */
  readonly title: string;
}

/** Contrast of white on red, blue and grey: 5.2, 4.8 and 5.9 to 1; of black on amber: 13 to 1. */
const AMBER = '#ffc53d';
const RED = '#ce2c31';
const BLUE = '#0d74ce';
const GREY = '#60646c';

/** The badge ignores connections that are lost for less than this. */
export const DISCONNECTED_AFTER_MS = 2_000;

export interface BadgeInput {
  readonly services: readonly { readonly service: PairedService; readonly view: View }[];
  /** Agents that are not counted, as keys of the `muted` setting. */
  readonly muted?: readonly string[];
  /** While notifications wait, the badge keeps counting in grey, and its tooltip says why. */
  readonly quietPeriod?: QuietPeriod | undefined;
  readonly nowMs: number;
  /** Epoch milliseconds. Connections are not counted as lost before this. */
  readonly workerStartedMs: number;
}

export function badgeOf({
  services,
  muted = [],
  quietPeriod,
  nowMs,
  workerStartedMs,
}: BadgeInput): Badge {
  const show = (text: string, style: keyof typeof STYLES, title: string): Badge => ({
    text,
    title: quietPeriod ? quietTitle(title, quietPeriod, nowMs) : title,
    ...STYLES[style],
    ...(quietPeriod && { color: GREY, textColor: WHITE }),
  });
  if (services.length === 0) return show('', 'off', t('badge.not-paired'));
  const disconnected = services.filter(({ view }) => isDisconnected(view, nowMs, workerStartedMs));
  const connected = services.filter((one) => !disconnected.includes(one));
  const counts = sum(
    connected.map(({ service, view }) =>
      count(withoutMuted(view.fleet, service.id, muted), view.seenSeq),
    ),
  );
  const title = titleOf(counts, disconnected);
  const alarms = counts.failed + counts.offline;
  if (counts.questions > 0) return show(short(counts.questions), 'needs-you', title);
  // the counts of connected services come before the mark of a disconnected one
  if (alarms > 0) return show(short(alarms), 'failed', title);
  if (disconnected.length > 0) return show('!', 'off', title);
  if (counts.running > 0) return show(short(counts.running), 'running', title);
  return show('', 'calm', title);
}

const WHITE = '#ffffff';
const STYLES = {
  'needs-you': { color: AMBER, textColor: '#000000', icon: 'needs-you' },
  'failed': { color: RED, textColor: WHITE, icon: 'failed' },
  'running': { color: BLUE, textColor: WHITE, icon: 'running' },
  'off': { color: GREY, textColor: WHITE, icon: 'off' },
  'calm': { color: GREY, textColor: WHITE, icon: 'calm' },
} as const satisfies Record<string, Omit<Badge, 'text' | 'title'>>;

/** Disconnected for longer than a reconnect takes. */
function isDisconnected({ connection, asOfMs }: View, nowMs: number, bornMs: number): boolean {
  if (connection.state === 'live') return false;
  if (connection.state === 'stopped' || connection.state === 'blocked') return true;
  return nowMs - Math.max(asOfMs, bornMs) >= DISCONNECTED_AFTER_MS;
}

interface Counts {
  /** Open questions, seen or not: seeing one does not answer it. */
  readonly questions: number;
  /** Failed and not seen by the person yet; so is `offline`. */
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
  disconnected: BadgeInput['services'],
): string {
  const parts = [
    questions > 0 && t('count.needs-you', { count: questions }),
    failed > 0 && t('count.failed', { count: failed }),
    offline > 0 && t('badge.offline', { count: offline }),
    running > 0 && t('count.running', { count: running }),
    ...disconnected.map(({ service, view }) =>
      t(disconnectedWords(view), { host: plainText(new URL(service.url).host, 60) }),
    ),
  ].filter((part) => part !== false);
  return parts.length === 0 ? t('badge.quiet') : t('badge.counts', { counts: listed(parts) });
}

/** Missing access has its own words, as only the person can restore it. */
function disconnectedWords({ connection }: View) {
  return connection.state === 'blocked' ? 'badge.no-access' : 'badge.disconnected';
}

function quietTitle(title: string, { reason, untilMs }: QuietPeriod, nowMs: number): string {
  return t(`badge.title-${reason}`, { title, time: untilWords(untilMs, nowMs) });
}

/** At most three characters fit. */
function short(number: number): string {
  return number > 99 ? '99+' : String(number);
}
