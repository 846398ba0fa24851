/** Asks Claude Code for the status of a session, which its hooks don't always report. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ANSWER_MS = 5_000;

/**
 * `busy`, `waiting` or `idle`, from `claude agents --json` (Claude Code 2.1.197), which takes half a second. Undefined if
 * unknown: Claude Code is older or not in the path.
 */
export async function claudeStatus(session: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('claude', ['agents', '--json'], { timeout: ANSWER_MS });
    const agents = JSON.parse(stdout) as { sessionId?: string; status?: string }[];
    return agents.find(({ sessionId }) => sessionId === session)?.status;
  } catch {
    return undefined;
  }
}
