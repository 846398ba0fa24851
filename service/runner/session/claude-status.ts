/** What Claude Code says of its own sessions, where its hooks say nothing. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ANSWER_MS = 5_000;

/**
 * `busy`, `waiting` or `idle`, as `claude agents --json` has it (seen with 2.1.197); starts a program of half a second.
 * Undefined where that is not known: an older Claude Code, or none on the path.
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
