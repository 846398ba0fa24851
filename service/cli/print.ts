/** Prints plain text that is safe for the terminal. */
import { styleText } from 'node:util';

/**
 * Removes control and invisible characters and line breaks, because agents choose their names and messages, and a
 * terminal executes escape sequences.
 */
export function plain(text: string): string {
  return text
    .replace(/[\t\r\n]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
    .trim();
}

/** SIGPIPE ends other programs, but Node ignores it; this is the exit code that shells show for it. */
const SIGPIPE_EXIT = 141;

/** Ends the program quietly when the reader of its output has gone, as with `| head`. */
export function exitWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(SIGPIPE_EXIT);
  });
}

export function printLine(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  printLine(JSON.stringify(value));
}

/** Prints to standard error. */
export function warn(line: string): void {
  process.stderr.write(`agentlight: ${line}\n`);
}

/** For headings. Has no effect with NO_COLOR or without a terminal. */
export function bold(text: string): string {
  return styleText('bold', text, { stream: process.stdout });
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
