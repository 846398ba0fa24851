/** When notifications wait. Pure except for the language and the local time zone. */
import { language } from '../i18n/language.ts';
import type { Settings } from './settings.ts';

export interface QuietPeriod {
  readonly reason: 'paused' | 'quiet-hours';
  /** Epoch milliseconds. */
  readonly untilMs: number;
}

type QuietHours = Pick<Settings, 'quietHours' | 'quietDays' | 'quietFrom' | 'quietTo'>;

/** @returns the pause or the quiet hours, whichever ends later; undefined when neither is on. */
export function quietPeriodAt(
  settings: QuietHours,
  snoozedUntilMs: number,
  nowMs: number,
): QuietPeriod | undefined {
  const quietMs = quietHoursEndMs(settings, nowMs) ?? 0;
  if (snoozedUntilMs > nowMs && snoozedUntilMs >= quietMs) {
    return { reason: 'paused', untilMs: snoozedUntilMs };
  }
  return quietMs > 0 ? { reason: 'quiet-hours', untilMs: quietMs } : undefined;
}

/**
 * When the current quiet hours end, in epoch milliseconds; undefined outside of them. Windows that touch or overlap
 * count as one, up to a week ahead.
 */
export function quietHoursEndMs(
  { quietHours, quietDays, quietFrom, quietTo }: QuietHours,
  nowMs: number,
): number | undefined {
  if (!quietHours) return undefined;
  const overMidnight = quietTo <= quietFrom ? 1 : 0;
  const today = new Date(nowMs);
  let endMs: number | undefined;
  // yesterday's window may not have ended yet
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
/** Before this hour, "tomorrow morning" means the coming morning. */
const NIGHT_ENDS_HOUR = 4;

/** Tomorrow at eight, in epoch milliseconds; before four o'clock today at eight. */
export function tomorrowMorningMs(nowMs: number): number {
  const now = new Date(nowMs);
  return localMs(now, now.getHours() < NIGHT_ENDS_HOUR ? 0 : 1, MORNING);
}

/** Such as `07:00`, or `Mon 07:00` when it is more than a day away. */
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

/** Through `Date`, which handles days of 23 and 25 hours. */
function localMs(day: Date, later: number, time: string): number {
  const date = localDate(day, later);
  date.setHours(Number(time.slice(0, 2)), Number(time.slice(3)));
  return date.getTime();
}
