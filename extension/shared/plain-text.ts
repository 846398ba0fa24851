/** Makes text of agents safe to show where only plain text is possible, such as notifications and tooltips. */

/** Control, format (bidi, zero-width), line separator and paragraph separator characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** One line of at most `maxChars`, without invisible characters. Truncated text ends with an ellipsis. */
export function plainText(text: string, maxChars: number): string {
  const line = text.replaceAll(INVISIBLE, ' ').replaceAll(/ {2,}/g, ' ').trim();
  if (line.length <= maxChars) return line;
  // don't split a surrogate pair
  return `${line.slice(0, maxChars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Control characters, those that a font may leave out, and every blank but the common one. */
const UNSEEN =
  /([^\P{C}\n\t]|[\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]|[^\P{Zs} ])\1*/gu;
/** More blanks than an indentation or a table has: they push what follows out of view. */
const BLANKS = /(?<=\S)[ \t]{16,}|[ \t]{64,}/g;
const EMPTY_LINES = /\n(?:[ \t]*\n){4,}/g;

/**
 * The whole text, with what can't be seen made visible: `⟨U+202E⟩`, `⟨U+00A0 × 12⟩`, `␣ × 1,200` and `⏎ × 30`. People
 * decide on what they read here, so nothing may be hidden. Other line breaks, blanks and tabs stay as they are.
 */
export function visibleText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(UNSEEN, (run, char: string) => {
      const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      return `⟨U+${code}${times(run.length / char.length)}⟩`;
    })
    .replaceAll(EMPTY_LINES, (run) => `⏎${times(run.split('\n').length - 1)}\n`)
    .replaceAll(BLANKS, (run) => ` ␣${times(run.length)} `);
}

function times(count: number): string {
  return count === 1 ? '' : ` × ${count.toLocaleString('en')}`;
}

/** The last line that is not blank; in a command's output usually the one that says what went wrong. */
export function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.at(-1) ?? '';
}
