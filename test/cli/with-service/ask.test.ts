import { describe, expect, test } from 'vitest';
import type { Approval } from '../../../protocol/fleet/fleet.ts';
import type { Snapshot } from '../../../protocol/wire/messages.ts';
import { startCommandLine } from '../../support/command-line.ts';
import { eventually } from '../../support/eventually.ts';
import type { TestService } from '../../support/test-service.ts';
import { startTestService } from '../../support/test-service.ts';

function question(service: TestService): Promise<Approval> {
  return eventually(async () => {
    const { fleet } = await service.client.request<Snapshot>('GET', '/v1/snapshot');
    return Object.values(fleet.agents).flatMap(({ approvals = [] }) => approvals)[0];
  }, 'the question');
}

function decide(service: TestService, { id, hash }: Approval, answer: object) {
  const body = { hash, via: 'popup', ...answer };
  return service.client.request('POST', `/v1/approvals/${id}/decision`, { body });
}

describe('the exit code is the answer', () => {
  test.each([
    [['Deploy?'], { choice: 'yes' }, 0, 'yes\n'],
    [['Deploy?'], { choice: 'no' }, 1, 'no\n'],
    [
      ['Where?', '--choices', 'Here, there ,Third place'],
      { choice: 'third-place' },
      2,
      'third-place\n',
    ],
    [['Why?', '--free-text'], { text: 'Because.' }, 0, 'Because.\n'],
  ] as const)('%j answered with %j', async (args, answer, exitCode, stdout) => {
    const service = await startTestService();
    const asking = startCommandLine(['ask', ...args], service.env);
    await decide(service, await question(service), answer);
    expect((await asking.ended).exitCode).toBe(exitCode);
    expect(asking.stdout()).toBe(stdout);
  });
});

test('what it is about is told whole, from standard input as well', async () => {
  const service = await startTestService();
  const args = ['ask', 'Apply?', '--details', '-', '--name', 'Migrations'];
  const asking = startCommandLine(args, service.env);
  const sql = `drop table a;\n${'-- x\n'.repeat(3_000)}`;
  asking.child.stdin.end(sql);
  const asked = await question(service);
  expect(asked).toMatchObject({ kind: 'permission', title: 'Apply?', details: sql });
  await decide(service, asked, { choice: 'yes' });
  expect((await asking.ended).exitCode).toBe(0);
});

test('it waits through a restart of the service', async () => {
  const service = await startTestService();
  const asking = startCommandLine(['ask', 'Deploy?'], service.env);
  const asked = await question(service);
  await service.stop();
  await service.start();
  await decide(service, asked, { choice: 'yes' });
  expect((await asking.ended).exitCode).toBe(0);
});

describe('our own failure is no answer', () => {
  test('when nobody answers in time', async () => {
    const service = await startTestService();
    const asking = startCommandLine(['ask', 'Deploy?', '--timeout', '1s'], service.env);
    expect((await asking.ended).exitCode).toBe(75);
    expect(asking.stderr()).toContain('Nobody answered in time.');
  });

  test('when there is no service, or no way in', async () => {
    const nowhere = { AGENTLIGHT_URL: 'http://127.0.0.1:4', AGENTLIGHT_TOKEN: 'x' };
    const asking = startCommandLine(['ask', 'Deploy?'], { ...process.env, ...nowhere });
    expect((await asking.ended).exitCode).toBe(69);
    const { env } = await startTestService();
    const refused = startCommandLine(['ask', 'Deploy?'], { ...env, AGENTLIGHT_TOKEN: 'wrong' });
    expect((await refused.ended).exitCode).toBe(77);
  });

  test.each([[['ask']], [['ask', 'x', '--choices', ',']], [['ask', 'x', '--timeout', 'soon']]])(
    'when it was called wrongly: %j',
    async (args) => {
      const asking = startCommandLine(args, process.env);
      expect((await asking.ended).exitCode).toBe(64);
    },
  );
});

test('an interrupted question is withdrawn, and its agent is gone without alarm', async () => {
  const service = await startTestService();
  const asking = startCommandLine(['ask', 'Deploy?'], service.env);
  const { id } = await question(service);
  asking.child.kill('SIGINT');
  expect((await asking.ended).exitCode).toBe(75);
  const { fleet } = await service.client.request<Snapshot>('GET', '/v1/snapshot');
  const [agent] = Object.values(fleet.agents);
  expect(agent).toMatchObject({
    liveness: 'ended',
    closedApprovals: [{ id, outcome: 'withdrawn' }],
  });
});
