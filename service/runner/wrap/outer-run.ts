/** The protocol's pattern. Its schemas are not loaded here, because that would delay every command. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The run in which this process was started, as part of an event's data; empty outside a run. */
export function outerRun(env: NodeJS.ProcessEnv): { parent?: string } {
  const parent = env['AGENTLIGHT_RUN'] ?? '';
  return UUID.test(parent) ? { parent } : {};
}
