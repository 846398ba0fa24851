/** Formats a line of the service's log (pino's JSON) for the terminal. */

/** pino's number for warnings; errors have higher ones. */
const WARN = 40;
const LOG_LINE = /^\{"level":\d+,.*\}$/;

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly err?: { readonly message: string };
}

/** A line that is not JSON, such as a stack trace, is shown unchanged and counts as trouble. */
export function readLogLine(line: string): { readonly text: string; readonly isTrouble: boolean } {
  if (!LOG_LINE.test(line)) return { text: line, isTrouble: true };
  const { level, msg, err } = JSON.parse(line) as LogLine;
  return { text: err ? `${msg}: ${err.message}` : msg, isTrouble: level >= WARN };
}
