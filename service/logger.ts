/**
 * Structured logs: one JSON object a line on standard output. Tokens never get in, wherever they appear.
 */
import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';

/** In any text: a token that we made, one in a header, one in an address. */
const TOKENS = /agentlight_[0-9A-Za-z]{49}|(?<=\bBearer )[^\s"\\]+|(?<=[?&]token=)[^\s"\\&#]+/gi;

/** @param destination Defaults to standard output. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { name: 'agentlight' },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['token', 'password', 'authorization', '*.token', '*.password', '*.authorization'],
    hooks: { streamWrite: (line: string) => line.replace(TOKENS, '[Redacted]') },
  };
  return destination ? pino(options, destination) : pino(options);
}
