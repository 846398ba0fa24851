/**
 * High-volume events. They go only to streams that ask for them, so the fleet must not depend on them:
 * whoever folds with or without them has the same agents and runs.
 */
const DETAIL_TYPES: readonly string[] = ['run.output', 'step.progress', 'file.changed'];
const DETAIL_FAMILIES: readonly string[] = ['message.', 'thinking.', 'tool.'];

export function isDetail(type: string): boolean {
  return DETAIL_TYPES.includes(type) || DETAIL_FAMILIES.some((family) => type.startsWith(family));
}
