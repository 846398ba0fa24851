/**
 * Structured logs: one JSON object per line on standard output. Tokens are redacted everywhere in a line.
 */
import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';

/** A generated token, a bearer token in a header, or a token in a URL, anywhere in the text. */
const TOKENS = /agentlight_[0-9A-Za-z]{49}|(?<=\bBearer )[^\s"\\]+|(?<=[?&]token=)[^\s"\\&#]+/gi;

/** @param destination defaults to standard output. */
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
