/** The coding agents whose hooks we support. */
export const HOOK_TOOLS = ['claude-code', 'codex'] as const;
export type HookTool = (typeof HOOK_TOOLS)[number];

export function isHookTool(name: string | undefined): name is HookTool {
  return HOOK_TOOLS.some((tool) => tool === name);
}
