/**
 * High-volume events. Only streams that request them receive them, so the fleet must not depend on them: folding
 * with or without them gives the same agents and runs.
 */
const DETAIL_TYPES: readonly string[] = ['run.output', 'step.progress', 'file.changed'];
const DETAIL_FAMILIES: readonly string[] = ['message.', 'thinking.', 'tool.'];

/** Whether an event type is a high-volume one. */
export function isDetail(type: string): boolean {
  return DETAIL_TYPES.includes(type) || DETAIL_FAMILIES.some((family) => type.startsWith(family));
}
