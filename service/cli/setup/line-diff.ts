/** The difference of two texts, line by line, as `diff -u` prints it. */
import { structuredPatch } from 'diff';

/** Lines around a change that are shown with it. */
const CONTEXT_LINES = 3;

/** The hunks without a heading; empty for texts that are equal except for the end of the last line. */
export function lineDiff(before: string, after: string): string[] {
  const [old, changed] = [withLineEnd(before), withLineEnd(after)];
  const options = { context: CONTEXT_LINES };
  const { hunks } = structuredPatch('', '', old, changed, undefined, undefined, options);
  return hunks.flatMap(({ oldStart, newStart, lines }) => [
    `@@ -${oldStart} +${newStart} @@`,
    ...lines.map(printable),
  ]);
}

function withLineEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Keeps the indentation, but nothing that moves a cursor. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\t]|\p{Cf}/gu, '');
}
