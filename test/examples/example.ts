/** Runs the programs of `examples/` as their first lines say. */
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import type { Run } from '../../protocol/fleet/fleet.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Snapshot } from '../../protocol/wire/messages.ts';
import type { TestService } from '../support/test-service.ts';

/** In the root of the repository, without a terminal. Stopped when the test ends, if it has not ended before. */
export function runExample(service: TestService, program: string, ...args: readonly string[]) {
  const options = { env: service.env, reject: false, stdin: 'ignore' } as const;
  const running = execa(program, args, options);
  onTestFinished(async () => {
    running.kill();
    await running;
  });
  return running;
}

/** The run that has ended last, with its events in order. */
export async function lastRunOf(
  service: TestService,
  agent: string,
): Promise<{ run: Run; events: LogEvent[] }> {
  const { fleet } = await service.client.request<Snapshot>('GET', '/v1/snapshot');
  const id = fleet.agents[agent]?.lastRun ?? '';
  return { run: await service.run(id), events: await service.events(id) };
}
