/** Asks a person to approve commands, as a coding agent's hook does. */
import { uuidv7 } from 'uuidv7';
import type { TestService } from './test-service.ts';

const HASH = '0'.repeat(64);

/** @returns the id of the question. */
export async function askToRun(
  { client }: TestService,
  agent: string,
  details: string,
  more: object = {},
): Promise<string> {
  const id = uuidv7();
  const data = {
    kind: 'permission',
    title: 'Run a command',
    details,
    choices: [
      { id: 'allow', label: 'Approve', tone: 'allow' },
      { id: 'deny', label: 'Deny', tone: 'deny' },
    ],
    hash: HASH,
    ...more,
  };
  const events = [{ type: 'approval.requested', id, agent, data }];
  await client.report(JSON.stringify({ events }));
  return id;
}
