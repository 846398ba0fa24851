/** Builds and recognises the command line with which another program's settings call this one. */
export interface Invocation {
  /** Absolute path of the Node that runs it. */
  readonly node: string;
  /** Absolute path of the command line's main file. */
  readonly main: string;
}

/** The argument of `agentlight hook`: the program that calls it. */
export type HookName = 'claude-code' | 'codex';

/** For POSIX shells. Quotes prevent expansion in the paths. */
export function posixCommand({ node, main }: Invocation, hook: HookName): string {
  const quote = (path: string) => `"${path.replace(/[\\"$`]/g, '\\$&')}"`;
  return `${quote(node)} ${quote(main)} hook ${hook}`;
}

/** For PowerShell, which needs `&` to run a quoted path. */
export function powerShellCommand({ node, main }: Invocation, hook: HookName): string {
  const quote = (path: string) => `'${path.replaceAll("'", "''")}'`;
  return `& ${quote(node)} ${quote(main)} hook ${hook}`;
}

/** Whether a command line calls this program, wherever it was installed at that time. */
export function callsHook(commandLine: string, hook: string): boolean {
  const call =
    /(?:service[\\/]cli[\\/]main\.ts|(?:^|[\\/\s"'])agentlight(?:\.\w+)?)["']?\s+hook\s+([\w-]+)/g;
  return [...commandLine.matchAll(call)].some((match) => match[1] === hook);
}
