/** Times and durations in the person's language. Milliseconds everywhere. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const relative = new Intl.RelativeTimeFormat(undefined, { style: 'short', numeric: 'always' });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const unit = (name: string) =>
  new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: name,
    unitDisplay: 'short',
    maximumFractionDigits: 0,
  });
const seconds = unit('second');
const minutes = unit('minute');
const hours = unit('hour');
const days = unit('day');

/** "40 sec. ago" in steps of ten seconds, then minutes and hours; beyond a day the date. */
export function ago(atMs: number, nowMs: number): string {
  const ageMs = Math.max(0, nowMs - atMs);
  if (ageMs < 10 * SECOND_MS) return 'just now';
  if (ageMs < MINUTE_MS) return relative.format(-Math.floor(ageMs / 10_000) * 10, 'second');
  if (ageMs < HOUR_MS) return relative.format(-Math.floor(ageMs / MINUTE_MS), 'minute');
  if (ageMs < DAY_MS) return relative.format(-Math.floor(ageMs / HOUR_MS), 'hour');
  return day.format(atMs);
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
  if (durationMs < MINUTE_MS) return seconds.format(Math.round(durationMs / SECOND_MS));
  if (durationMs < HOUR_MS) return minutes.format(durationMs / MINUTE_MS);
  if (durationMs < DAY_MS) return hours.format(durationMs / HOUR_MS);
  return days.format(durationMs / DAY_MS);
}

const tenths = new Intl.NumberFormat(undefined, {
  style: 'unit',
  unit: 'second',
  unitDisplay: 'short',
  maximumFractionDigits: 1,
});

/** "1.4 sec", "48 sec", "3:07": how long something took, for comparing it with others. */
export function took(durationMs: number): string {
  if (durationMs < 10 * SECOND_MS) return tenths.format(Math.max(0, durationMs) / SECOND_MS);
  return durationMs < MINUTE_MS ? duration(durationMs) : elapsed(durationMs);
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** Hours, minutes and seconds of a day. */
export function atTime(atMs: number): string {
  return clock.format(atMs);
}

/** The time alone when it is of today, else with its date. */
export function moment(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return isToday ? clock.format(atMs) : absolute.format(atMs);
}

const bytesAs = (name: string) =>
  new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: name,
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  });
const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte'].map(bytesAs);

/** "48.2 kB", in thousands. */
export function bytes(count: number): string {
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return BYTES[power]?.format(count / 1_000 ** power) ?? '';
}

const money = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD' });

/** "$0.42"; what costs less than a cent is shown as that. */
export function dollars(usd: number): string {
  return usd > 0 && usd < 0.01 ? `<${money.format(0.01)}` : money.format(usd);
}

/** Date and time, for the title of a relative one. */
export function exactly(atMs: number): string {
  return absolute.format(atMs);
}
