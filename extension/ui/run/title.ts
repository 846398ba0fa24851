/** What the tab of a page is called. Pure. */
import type { Status } from '../../../protocol/status.ts';
import { plainText } from '../../shared/plain-text.ts';
import { STATUS_WORDS } from '../words.ts';

const NAME_CHARS = 60;

/** @param name of the agent. */
export function runTitle(name: string, status: Status): string {
  return `${plainText(name, NAME_CHARS)}: ${STATUS_WORDS[status]} · Agentlight`;
}

export function historyTitle(name: string): string {
  return `${plainText(name, NAME_CHARS)}: history · Agentlight`;
}
