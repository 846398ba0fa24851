/** When notifications wait. Pure but for language and zone of the clock; days and hours are local, whatever it does in spring. */
import { language } from '../i18n/language.ts';
import type { Settings } from './settings.ts';

export interface Silence {
  readonly why: 'paused' | 'quiet-hours';
  /** Epoch milliseconds. */
  readonly untilMs: number;
}

type QuietHours = Pick<Settings, 'quietHours' | 'quietDays' | 'quietFrom' | 'quietTo'>;

/** @returns what lasts longest of a pause and of quiet hours; undefined when neither is on. */
export function silenceAt(
  settings: QuietHours,
  snoozedUntilMs: number,
  nowMs: number,
): Silence | undefined {
  const quietMs = quietHoursEndMs(settings, nowMs) ?? 0;
  if (snoozedUntilMs > nowMs && snoozedUntilMs >= quietMs) {
    return { why: 'paused', untilMs: snoozedUntilMs };
  }
  return quietMs > 0 ? { why: 'quiet-hours', untilMs: quietMs } : undefined;
}

/** The end of the quiet hours that go on now; where one window ends in the next, of the last, a week on at most. */
export function quietHoursEndMs(
  { quietHours, quietDays, quietFrom, quietTo }: QuietHours,
  nowMs: number,
): number | undefined {
  if (!quietHours) return undefined;
  const overMidnight = quietTo <= quietFrom ? 1 : 0;
  const today = new Date(nowMs);
  let endMs: number | undefined;
  // yesterday's may still go on
  for (let day = -1; day < 7; day += 1) {
    const startMs = localMs(today, day, quietFrom);
    const isInside = startMs <= (endMs ?? nowMs);
    if (!isInside || !quietDays.includes(localDate(today, day).getDay())) continue;
    const windowEndMs = localMs(today, day + overMidnight, quietTo);
    if (windowEndMs > (endMs ?? nowMs)) endMs = windowEndMs;
  }
  return endMs;
}

const MORNING = '08:00';
/** Who is awake so late means the morning that comes, not the one after. */
const NIGHT_ENDS_HOUR = 4;

/** The next morning at eight; before four o'clock it is that of the same day. */
export function tomorrowMorningMs(nowMs: number): number {
  const now = new Date(nowMs);
  return localMs(now, now.getHours() < NIGHT_ENDS_HOUR ? 0 : 1, MORNING);
}

/** Such as `07:00`, or `Mon 07:00` where it is not within a day. */
export function untilWords(untilMs: number, nowMs: number): string {
  const isFar = untilMs - nowMs > 24 * 3_600_000;
  return new Date(untilMs).toLocaleString(language().locale, {
    hour: '2-digit',
    minute: '2-digit',
    ...(isFar && { weekday: 'short' }),
  });
}

function localDate(day: Date, later: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + later);
}

/** The date does it right where days have 23 or 25 hours. */
function localMs(day: Date, later: number, time: string): number {
  const date = localDate(day, later);
  date.setHours(Number(time.slice(0, 2)), Number(time.slice(3)));
  return date.getTime();
}
