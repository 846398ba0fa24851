/** The real Codex, run as people run it, with our hooks in its configuration. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { Agent } from '../../protocol/fleet/fleet.ts';
import type { Snapshot } from '../../protocol/wire/messages.ts';
import { eventually } from '../support/eventually.ts';
import { startTestService } from '../support/test-service.ts';
import type { TestService } from '../support/test-service.ts';
import { codexHome } from './agent-home.ts';

function theAgent({ client }: TestService, isWanted: (agent: Agent) => boolean): Promise<Agent> {
  return eventually(
    async () => {
      const { fleet } = await client.request<Snapshot>('GET', '/v1/snapshot');
      return Object.values(fleet.agents).find((agent) => isWanted(agent));
    },
    'the session',
    30_000,
  );
}

test('a turn that Codex has ended is shown with its last words', async () => {
  const service = await startTestService();
  const { env, project } = await codexHome(service, [
    { shell: 'echo hello > made.txt' },
    { say: 'All done.' },
  ]);
  const line = ['exec', '--skip-git-repo-check', 'make a file'];
  await execa('codex', line, { env, extendEnv: false, cwd: project, stdin: 'ignore' });
  expect(existsSync(join(project, 'made.txt'))).toBe(true);
  const agent = await theAgent(service, ({ recent }) => recent.length > 0);
  expect(agent).toMatchObject({
    name: 'api-server',
    kind: 'codex',
    recent: [{ status: 'succeeded' }],
  });
  expect((await service.run(agent.lastRun ?? '')).message).toBe('All done.');
});
