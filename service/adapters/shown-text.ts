/** Makes text of other programs safe to show: limited length, no broken or invisible characters. */

/** At most `maxChars` UTF-16 code units. A shortened text ends with an ellipsis. */
export function cut(text: string, maxChars: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= maxChars) return whole;
  return `${whole.slice(0, maxChars - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The first line that is not blank, cut to `maxChars`; undefined if there is none. */
export function firstLine(text: string, maxChars: number): string | undefined {
  const line = /\S.*/.exec(text)?.[0].trimEnd();
  return line === undefined ? undefined : cut(line, maxChars);
}

/** Replaces control and invisible characters by blanks. For names. */
export function plainName(text: string, maxChars: number): string {
  return cut(text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim(), maxChars);
}
