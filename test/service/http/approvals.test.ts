import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClosedApproval } from '../../../protocol/fleet/fleet.ts';
import type { ApprovalAnswer } from '../../../protocol/wire/messages.ts';
import { eventually } from '../../support/eventually.ts';
import type { Hub } from './hub.ts';
import { openHub, startHub } from './hub.ts';
import type { Answer } from './request.ts';
import { jsonOf } from './request.ts';

const HASH = 'a'.repeat(64);
let hub: Hub;
beforeAll(async () => {
  hub = await openHub({ AGENTLIGHT_DISCONNECT_GRACE_MS: '50' });
});
afterAll(() => hub.close());

/** A new question of a new agent; gives its id. */
async function ask(of = hub, data: object = {}): Promise<string> {
  const agent = `asker-${randomUUID().slice(0, 8)}`;
  await of.register(agent, { capabilities: [] });
  const id = randomUUID();
  const question = {
    kind: 'permission',
    title: 'Run a command',
    details: 'git push --force',
    choices: [
      { id: 'allow', label: 'Allow', tone: 'allow' },
      { id: 'deny', label: 'Deny', tone: 'deny' },
    ],
    hash: HASH,
    ...data,
  };
  await of.report([{ type: 'approval.requested', agent, id, data: question }]);
  return id;
}

const decide = (id: string, body: object, token?: string): Promise<Answer> =>
  hub.send('POST', `/v1/approvals/${id}/decision`, { body, ...(token && { token }) });
const read = async (id: string, of = hub) =>
  (await of.expect<ApprovalAnswer>(200, 'GET', `/v1/approvals/${id}`)).approval;
const outcome = async (id: string, of = hub) => ((await read(id, of)) as ClosedApproval).outcome;
const wait = (id: string, waitMs: number, of = hub) =>
  of.expect<ApprovalAnswer>(200, 'GET', `/v1/approvals/${id}?waitMs=${waitMs}`);

describe('an answer', () => {
  test('is kept with who gave it and where, and told to who waits for it', async () => {
    const id = await ask();
    const waiting = wait(id, 60_000);
    const answer = await decide(id, { choice: 'allow', hash: HASH, via: 'popup' });
    expect(answer.status).toBe(200);
    const closed = { id, outcome: 'resolved', choice: 'allow', by: 'owner', via: 'popup' };
    expect((jsonOf(answer) as ApprovalAnswer).approval).toMatchObject(closed);
    expect((await waiting).approval).toMatchObject(closed);
  });

  test('counts once: of a hundred at once one does, and the others see whose', async () => {
    const id = await ask();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        decide(id, { choice: index % 2 === 0 ? 'allow' : 'deny', hash: HASH }),
      ),
    );
    const [first, ...others] = answers.toSorted((a, b) => a.status - b.status);
    expect(first?.status).toBe(200);
    for (const other of others) {
      expect(jsonOf(other)).toMatchObject({ type: '/problems/approval-closed', by: 'owner' });
    }
    const resolved = (await hub.history()).filter(({ type, data }) => {
      return type === 'approval.resolved' && 'approval' in data && data.approval === id;
    });
    expect(resolved).toHaveLength(1);
  });

  test('to something else than what is asked changes nothing', async () => {
    const id = await ask();
    const answer = await decide(id, { choice: 'allow', hash: 'b'.repeat(64) });
    expect(jsonOf(answer)).toMatchObject({ status: 409, type: '/problems/approval-changed' });
    expect(await read(id)).not.toHaveProperty('outcome');
  });

  test('of somebody else is refused', async () => {
    const id = await ask();
    const bob = await hub.token('bob', ['operate']);
    const answer = await decide(id, { choice: 'allow', hash: HASH }, bob);
    expect(jsonOf(answer)).toMatchObject({ status: 403, type: '/problems/not-owner' });
  });

  test('in free words is for questions that take them', async () => {
    const permission = await ask();
    expect((await decide(permission, { text: 'Sure', hash: HASH })).status).toBe(400);
    const question = await ask(hub, { kind: 'question', choices: [], freeText: true });
    expect((await decide(question, { text: 'Main street', hash: HASH })).status).toBe(200);
    expect(await read(question)).toMatchObject({ text: 'Main street' });
  });
});

describe('a question', () => {
  test('that nobody answers in time expires, which is no answer', async () => {
    const id = await ask(hub, { expiresAt: new Date(Date.now() + 300).toISOString() });
    expect((await wait(id, 60_000)).approval).toMatchObject({ id, outcome: 'expired' });
    const late = await decide(id, { choice: 'allow', hash: HASH });
    expect(jsonOf(late)).toMatchObject({ type: '/problems/approval-closed', outcome: 'expired' });
  });

  test('without an end expires when the service says so', async () => {
    const strict = await startHub({ AGENTLIGHT_APPROVAL_MS: '1000' });
    const id = await ask(strict);
    expect((await wait(id, 60_000, strict)).approval).toMatchObject({ outcome: 'expired' });
  });

  test('is still open after a wait that was too short', async () => {
    const id = await ask();
    expect((await wait(id, 20)).approval).not.toHaveProperty('outcome');
  });

  test('is withdrawn when the asker’s request breaks off', async () => {
    const id = await ask();
    const leaving = new AbortController();
    const url = `${hub.url}/v1/approvals/${id}?waitMs=60000&asker=1`;
    const headers = { Authorization: `Bearer ${await hub.token('owner', ['report'])}` };
    const waiting = fetch(url, { headers, signal: leaving.signal });
    // the wait has begun once a second one, sent later, is answered
    await wait(id, 100);
    leaving.abort();
    await expect(waiting).rejects.toThrow('aborted');
    await eventually(async () => (await outcome(id)) === 'withdrawn', 'it to be withdrawn');
  });

  test('outlives a watcher that goes away', async () => {
    const id = await ask();
    const leaving = new AbortController();
    const url = `${hub.url}/v1/approvals/${id}?waitMs=60000`;
    const headers = { Authorization: `Bearer ${await hub.token('owner', ['read'])}` };
    const waiting = fetch(url, { headers, signal: leaving.signal });
    await wait(id, 100);
    leaving.abort();
    await expect(waiting).rejects.toThrow('aborted');
    await wait(id, 200);
    expect(await read(id)).not.toHaveProperty('outcome');
  });

  test('outlives a restart of the service, and who waits is told to ask again', async () => {
    const restarted = await startHub();
    const id = await ask(restarted);
    const waiting = wait(id, 60_000, restarted);
    await wait(id, 100, restarted);
    await restarted.stop();
    expect((await waiting).approval).not.toHaveProperty('outcome');
    await restarted.start();
    expect(await read(id, restarted)).toMatchObject({ id, title: 'Run a command' });
  });
});
