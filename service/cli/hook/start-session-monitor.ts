/** Starts the monitor of a session as a separate process, because hooks end immediately and sessions can be killed. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { HookTool } from '../../adapters/hooks/hook-tool.ts';
import { ancestorsOf } from '../../runner/process/process-table.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'zsh', 'ash', 'ksh', 'fish']);

/** @param agent id of the session's agent. */
export function startSessionMonitor(tool: HookTool, agent: string, sessionId: string): void {
  // hooks are started by a shell or directly
  const session = ancestorsOf(process.ppid).find(({ name }) => !SHELLS.has(name));
  if (!session) return;
  const args = [MAIN, 'hook', 'monitor', agent, String(session.pid), tool, sessionId];
  spawn(process.execPath, args, { detached: true, stdio: 'ignore', cwd: '/' }).unref();
}
