/** A runner as the service sees it: a held command stream, heartbeats, reports. */
import type { Hub } from './hub.ts';
import type { Answer } from './request.ts';
import type { OpenOptions, StreamReader } from './stream-reader.ts';

export interface TestRunner {
  readonly stream: StreamReader;
  readonly connection: { readonly runner: string; readonly generation: number };
  heartbeat(): Promise<Answer>;
  goodbye(reason?: 'goodbye' | 'ended'): Promise<Answer>;
}

/** Registers nothing; resolves once the service counts the agents as connected. */
export async function connectRunner(
  hub: Hub,
  runner: string,
  agents: readonly string[],
  options: Partial<OpenOptions> = {},
): Promise<TestRunner> {
  const query = new URLSearchParams(agents.map((id) => ['agent', id]));
  const stream = await hub.stream(`/v1/runners/${runner}/commands?${query}`, options);
  const { generation = 0 } = await stream.hello();
  const sent = options.token === undefined ? {} : { token: options.token };
  const post = (action: string, body: object) =>
    hub.send('POST', `/v1/runners/${runner}/${action}`, { ...sent, body });
  return {
    stream,
    connection: { runner, generation },
    heartbeat: () => post('heartbeat', { generation }),
    goodbye: (reason = 'goodbye') => post('goodbye', { generation, reason }),
  };
}
