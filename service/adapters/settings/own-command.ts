/** How another program's settings call this one, and how such a call is known again. */
export interface Invocation {
  /** Absolute path of the Node that runs it. */
  readonly node: string;
  /** Absolute path of the command line's main file. */
  readonly main: string;
}

/** What `agentlight hook` is told about who calls. */
export type HookName = 'claude-code' | 'codex';

/** For `sh -c` and its kin. Nothing in the paths is expanded. */
export function posixCommand({ node, main }: Invocation, hook: HookName): string {
  const quote = (path: string) => `"${path.replace(/[\\"$`]/g, '\\$&')}"`;
  return `${quote(node)} ${quote(main)} hook ${hook}`;
}

/** For PowerShell, to which a quoted path alone is a text and not a program. */
export function powerShellCommand({ node, main }: Invocation, hook: HookName): string {
  const quote = (path: string) => `'${path.replaceAll("'", "''")}'`;
  return `& ${quote(node)} ${quote(main)} hook ${hook}`;
}

/** Whether a command line calls this program, from wherever it was installed when that was written. */
export function callsHook(commandLine: string, hook: string): boolean {
  const call =
    /(?:service[\\/]cli[\\/]main\.ts|(?:^|[\\/\s"'])agentlight(?:\.\w+)?)["']?\s+hook\s+([\w-]+)/g;
  return [...commandLine.matchAll(call)].some((match) => match[1] === hook);
}
