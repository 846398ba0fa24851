/** Names of runners and of agents, made from what people call things. */
import { createHash } from 'node:crypto';

/**
 * The id of the runner of one configuration on one machine. It is the same after a restart, so that the new
 * process takes over from the old one.
 *
 * @param configFile absolute path.
 */
export function runnerIdFor(hostName: string, configFile: string): string {
  const digest = createHash('sha256').update(configFile).digest('hex');
  return `${slug(hostName, 63) || 'runner'}-${digest.slice(0, 8)}`;
}

/** The id of a runner that is there for one command. */
export function runnerIdOnce(hostName: string, randomHex: string): string {
  return `${slug(hostName, 63) || 'runner'}-run-${randomHex}`;
}

/** Lower-case letters, digits and dashes: "Unit tests (fast)" becomes "unit-tests-fast". May be empty. */
export function slug(text: string, maxChars: number): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[-._]+/, '')
    .slice(0, maxChars)
    .replace(/[-._]+$/, '');
}
