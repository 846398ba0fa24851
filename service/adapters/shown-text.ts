/** Text of programs made fit to be shown: bounded, whole characters, and nothing in it that hides. */

/** At most `maxChars` UTF-16 code units, the last of which says that something is missing. */
export function cut(text: string, maxChars: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= maxChars) return whole;
  return `${whole.slice(0, maxChars - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The first line that has something on it, cut to `maxChars`; undefined if there is none. */
export function firstLine(text: string, maxChars: number): string | undefined {
  const line = /\S.*/.exec(text)?.[0].trimEnd();
  return line === undefined ? undefined : cut(line, maxChars);
}

/** For names: no control or invisible characters. */
export function plainName(text: string, maxChars: number): string {
  return cut(text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim(), maxChars);
}
