/** A laptop sleeps: neither the wrapper nor its command runs, for longer than the service waits. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCommandLine } from '../../support/command-line.ts';
import { temporaryFolder } from '../../support/compared-command.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestService } from '../../support/test-service.ts';

const IMPATIENT = {
  AGENTLIGHT_HEARTBEAT_MS: '100',
  AGENTLIGHT_RUNNER_TIMEOUT_MS: '500',
  AGENTLIGHT_LOST_RUN_MS: '200',
};

test.each([
  [0, 'succeeded', 'while asleep'],
  [3, 'failed', 'while asleep'],
  [0, 'succeeded', 'later'],
] as const)(
  'a run that exits with %i has %s, though it seemed lost; it ends %s',
  async (exitCode, status, when) => {
    const service = await startTestService(IMPATIENT);
    const mark = join(temporaryFolder(), 'go-on');
    const script = `echo $$; until [ -e "${mark}" ]; do sleep 0.05; done; exit ${exitCode}`;
    const args = ['run', '--id', 'laptop', '--', 'sh', '-c', script];
    const line = startCommandLine(args, service.env);
    const command = Number(await eventually(() => line.stdout().trim(), 'the command'));
    const agent = await service.whenAgent('laptop', 'live');
    const run = await eventually(async () => {
      const found = await service.agent('laptop');
      return found?.runs[0];
    }, 'the run');
    expect(agent.id).toBe('laptop');

    line.child.kill('SIGSTOP');
    process.kill(-command, 'SIGSTOP');
    expect((await service.whenRun(run, 'failed')).failure).toEqual({ reason: 'lost' });
    if (when === 'while asleep') writeFileSync(mark, '');
    process.kill(-command, 'SIGCONT');
    line.child.kill('SIGCONT');
    if (when === 'later') {
      expect(await service.whenRun(run, 'running')).not.toHaveProperty('failure');
      writeFileSync(mark, '');
    }
    expect((await line.ended).exitCode).toBe(exitCode);
    const final = await service.whenRun(run, status);
    expect(final.failure).toEqual(exitCode === 0 ? undefined : { reason: 'exit', exitCode });
    expect((await service.agent('laptop'))?.recent).toMatchObject([{ run, status }]);
    expect(line.stderr()).not.toContain('refused');
  },
);
