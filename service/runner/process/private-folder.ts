/** A folder for the socket and the pipes of a runner. Only the same user can open what is in it. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Limit of a socket's path in bytes: 104 on macOS with the final NUL, 108 on Linux (unix(7)). */
const MAX_SOCKET_PATH_BYTES = 103;
/** As long as any name that is used in the folder. */
const LONGEST_NAME = 'stdout-00000';

/**
 * Tries the system's temporary folder first, then others that exist on most machines: the first can be full,
 * read-only, or have a path too long for a socket.
 *
 * @returns undefined on Windows, which needs no folder for named pipes, and if no folder can be created.
 */
export function createPrivateFolder(env: NodeJS.ProcessEnv): string | undefined {
  if (process.platform === 'win32') return undefined;
  const candidates = [tmpdir(), env['XDG_RUNTIME_DIR'] ?? '', '/dev/shm', '/tmp'];
  for (const candidate of new Set(candidates.filter((path) => path !== ''))) {
    const folder = join(candidate, 'agentlight-');
    const longest = join(`${folder}XXXXXX`, LONGEST_NAME);
    if (Buffer.byteLength(longest) > MAX_SOCKET_PATH_BYTES) continue;
    try {
      return mkdtempSync(folder);
    } catch {
      // the next one may work, and the caller says what is off if none does
    }
  }
  return undefined;
}
