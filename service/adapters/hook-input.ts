/** Reading what a hook is called with: nothing in it can be relied on, and fields come and go with versions. */
export type HookInput = Readonly<Record<string, unknown>>;

/** '' where there is no text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** At most `maxChars`, with an ellipsis where something is cut off, and no half characters. */
export function cut(text: string, maxChars: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= maxChars) return whole;
  return `${whole.slice(0, maxChars - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The first line that says something. */
export function firstLine(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}

/** For names: no control or invisible characters. */
export function plainName(text: string, maxChars: number): string {
  return cut(text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim(), maxChars);
}
