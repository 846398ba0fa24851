/** Times and durations in the person's language. Milliseconds everywhere. */
import { perLocale } from '../../i18n/language.ts';
import { t } from '../../i18n/list.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const formats = perLocale((locale) => {
  const unit = (name: string, maximumFractionDigits = 0) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits,
    });
  return {
    relative: new Intl.RelativeTimeFormat(locale, { style: 'short', numeric: 'always' }),
    absolute: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
    day: new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' }),
    clock: new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }),
    tenths: unit('second', 1),
    seconds: unit('second'),
    minutes: unit('minute'),
    hours: unit('hour'),
    days: unit('day'),
    bytes: ['byte', 'kilobyte', 'megabyte', 'gigabyte'].map((name) => unit(name, 1)),
    money: new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' }),
  };
});

/** "40 sec. ago" in steps of ten seconds, then minutes and hours; beyond a day the date. */
export function ago(atMs: number, nowMs: number): string {
  const ageMs = Math.max(0, nowMs - atMs);
  if (ageMs < 10 * SECOND_MS) return t('just-now');
  if (ageMs < MINUTE_MS)
    return formats().relative.format(-Math.floor(ageMs / 10_000) * 10, 'second');
  if (ageMs < HOUR_MS) return formats().relative.format(-Math.floor(ageMs / MINUTE_MS), 'minute');
  if (ageMs < DAY_MS) return formats().relative.format(-Math.floor(ageMs / HOUR_MS), 'hour');
  return formats().day.format(atMs);
}

/** `1:05` or `1:42:07`, for something that goes on. */
export function elapsed(durationMs: number): string {
  const whole = Math.max(0, Math.floor(durationMs / SECOND_MS));
  const pad = (number: number) => String(number).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** "48 sec", "3 min": how long something took, in its largest unit. */
export function duration(durationMs: number): string {
  if (durationMs < MINUTE_MS) return formats().seconds.format(Math.round(durationMs / SECOND_MS));
  if (durationMs < HOUR_MS) return formats().minutes.format(durationMs / MINUTE_MS);
  if (durationMs < DAY_MS) return formats().hours.format(durationMs / HOUR_MS);
  return formats().days.format(durationMs / DAY_MS);
}

/** "1.4 sec", "48 sec", "3:07": how long something took, for comparing it with others. */
export function took(durationMs: number): string {
  if (durationMs < 10 * SECOND_MS)
    return formats().tenths.format(Math.max(0, durationMs) / SECOND_MS);
  return durationMs < MINUTE_MS ? duration(durationMs) : elapsed(durationMs);
}

/** Hours, minutes and seconds of a day. */
export function atTime(atMs: number): string {
  return formats().clock.format(atMs);
}

/** The time alone when it is of today, else with its date. */
export function moment(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return isToday ? formats().clock.format(atMs) : formats().absolute.format(atMs);
}

/** "48.2 kB", in thousands. */
export function bytes(count: number): string {
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return formats().bytes[power]?.format(count / 1_000 ** power) ?? '';
}

/** "$0.42"; what costs less than a cent is shown as that. */
export function dollars(usd: number): string {
  return usd > 0 && usd < 0.01 ? `<${formats().money.format(0.01)}` : formats().money.format(usd);
}

/** Date and time, for the title of a relative one. */
export function exactTime(atMs: number): string {
  return formats().absolute.format(atMs);
}
