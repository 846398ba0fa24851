/** As the protocol has it, without loading its schemas: commands start with this. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The run inside of which this process was started, in the form of a report's data; empty outside of one. */
export function outerRun(env: NodeJS.ProcessEnv): { parent?: string } {
  const parent = env['AGENTLIGHT_RUN'] ?? '';
  return UUID.test(parent) ? { parent } : {};
}
