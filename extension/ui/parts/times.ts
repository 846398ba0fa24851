/** Formats times, durations, sizes and amounts of money in the current language. All times are in milliseconds. */
import { perLocale } from '../../i18n/language.ts';
import { t } from '../../i18n/list.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const formats = perLocale((locale) => {
  const size = (unit: string) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumFractionDigits: 1,
    });
  return {
    absolute: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
    day: new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' }),
    clock: new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }),
    bytes: ['byte', 'kilobyte', 'megabyte', 'gigabyte'].map(size),
    money: new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' }),
  };
});

/** "40 s ago" in steps of ten seconds, "6 min ago", "2 h ago"; the date when it is more than a day ago. */
export function ago(atMs: number, nowMs: number): string {
  const ageMs = Math.max(0, nowMs - atMs);
  if (ageMs < 10 * SECOND_MS) return t('just-now');
  if (ageMs >= DAY_MS) return formats().day.format(atMs);
  return t('ago', { duration: inLargestUnit(ageMs) });
}

/** Rounds down, so that an age is never overstated. */
function inLargestUnit(ageMs: number): string {
  if (ageMs < MINUTE_MS) return t('duration.seconds', { count: Math.floor(ageMs / 10_000) * 10 });
  if (ageMs < HOUR_MS) return t('duration.minutes', { count: Math.floor(ageMs / MINUTE_MS) });
  return t('duration.hours', { count: Math.floor(ageMs / HOUR_MS) });
}

/** "1:05" or "1:42:07", for something that is still running. */
export function elapsed(durationMs: number): string {
  const whole = Math.max(0, Math.floor(durationMs / SECOND_MS));
  const pad = (number: number) => String(number).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** "48 s", "14 min", "1 h 42 min", "2 days": how long something took, rounded. */
export function duration(durationMs: number): string {
  const seconds = Math.round(durationMs / SECOND_MS);
  if (seconds < 60) return t('duration.seconds', { count: seconds });
  const allMinutes = Math.round(durationMs / MINUTE_MS);
  if (allMinutes < 60) return t('duration.minutes', { count: allMinutes });
  const [hours, minutes] = [Math.floor(allMinutes / 60), allMinutes % 60];
  if (hours >= 24) return t('duration.days', { count: Math.round(durationMs / DAY_MS) });
  if (minutes === 0) return t('duration.hours', { count: hours });
  return t('duration.hours-minutes', { hours, minutes });
}

/** "1.4 s", "48 s", "3:07": how long something took, precise enough to compare it with others. */
export function took(durationMs: number): string {
  if (durationMs < 10 * SECOND_MS) {
    const tenths = Math.round(Math.max(0, durationMs) / (SECOND_MS / 10));
    return t('duration.seconds', { count: tenths / 10 });
  }
  return durationMs < MINUTE_MS ? duration(durationMs) : elapsed(durationMs);
}

/** Hours, minutes and seconds of a time of day. */
export function atTime(atMs: number): string {
  return formats().clock.format(atMs);
}

/** The time of day for today, else date and time. */
export function moment(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return isToday ? formats().clock.format(atMs) : formats().absolute.format(atMs);
}

/** "48.2 kB", in powers of 1,000. */
export function bytes(count: number): string {
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return formats().bytes[power]?.format(count / 1_000 ** power) ?? '';
}

/** "$0.42"; less than a cent is shown as "<$0.01". */
export function dollars(usd: number): string {
  return usd > 0 && usd < 0.01 ? `<${formats().money.format(0.01)}` : formats().money.format(usd);
}

/** Date and time, for the tooltip of a relative time. */
export function exactTime(atMs: number): string {
  return formats().absolute.format(atMs);
}
