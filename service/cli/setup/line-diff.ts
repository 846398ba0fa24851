/** What changes between two texts, line by line, in the unified form that `diff -u` has. */

/** Lines around a change that are shown with it. */
const CONTEXT = 3;
/** Of two longer texts between their common beginning and end, one is shown removed and the other added. */
const MAX_COMPARED_CELLS = 4_000_000;

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** Without a heading; no lines for texts that are equal but for the end of the last line. */
export function lineDiff(before: string, after: string): string[] {
  const lines = compare(linesOf(before), linesOf(after));
  const shown = lines.map((_, at) =>
    lines.slice(Math.max(at - CONTEXT, 0), at + CONTEXT + 1).some(({ mark }) => mark !== ' '),
  );
  const output: string[] = [];
  let [oldLine, newLine] = [1, 1];
  for (const [at, { mark, text }] of lines.entries()) {
    if (shown[at] && !shown[at - 1]) output.push(`@@ -${oldLine} +${newLine} @@`);
    if (shown[at]) output.push(`${mark}${printable(text)}`);
    if (mark !== '+') oldLine += 1;
    if (mark !== '-') newLine += 1;
  }
  return output;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function compare(before: readonly string[], after: readonly string[]): Line[] {
  const same = (text: string): Line => ({ mark: ' ', text });
  const limit = Math.min(before.length, after.length);
  let head = 0;
  while (head < limit && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < limit - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return [
    ...before.slice(0, head).map(same),
    ...compareMiddle(
      before.slice(head, before.length - tail),
      after.slice(head, after.length - tail),
    ),
    ...before.slice(before.length - tail).map(same),
  ];
}

/** By the longest common subsequence. */
function compareMiddle(before: readonly string[], after: readonly string[]): Line[] {
  const removed = (text: string): Line => ({ mark: '-', text });
  const added = (text: string): Line => ({ mark: '+', text });
  if (before.length * after.length > MAX_COMPARED_CELLS) {
    return [...before.map(removed), ...after.map(added)];
  }
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push({ mark: ' ', text: before[i] as string });
      [i, j] = [i + 1, j + 1];
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      lines.push(removed(before[i] as string));
      i += 1;
    } else {
      lines.push(added(after[j] as string));
      j += 1;
    }
  }
  return [...lines, ...before.slice(i).map(removed), ...after.slice(j).map(added)];
}

/** Indented as it is, but nothing that moves a cursor. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\t]|\p{Cf}/gu, '');
}
