import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Github } from './github-sender.ts';
import { MAX_BODY_BYTES, openGithub, SECRET, signatureOf } from './github-sender.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';
import { jsonOf } from './request.ts';

let github: Github;
let hub: Hub;
beforeAll(async () => {
  github = await openGithub();
  hub = github.hub;
});
afterAll(() => hub.close());
beforeEach(() => github.next());

test('a ping is answered, and what means nothing is ignored', async () => {
  const ping = await github.post('ping', github.payload('ping'));
  expect([ping.status, ping.text]).toEqual([202, expect.stringContaining('The webhook works')]);
  const before = await hub.history();
  for (const [event, body] of [
    ['push', {}],
    ['star', { action: 'created' }],
    ['constructor', {}],
    ['workflow_run', { ...github.payload('workflow_run.requested'), action: 'dreamt' }],
  ] as const) {
    const answer = await github.post(event, body);
    expect([answer.status, jsonOf(answer)]).toEqual([202, { ignored: expect.any(String) }]);
  }
  expect(await hub.history()).toEqual(before);
});

test('a body that is not signed with the secret is refused, and changes nothing', async () => {
  const body = github.payload('workflow_run.completed');
  const text = JSON.stringify(body);
  const good = signatureOf(text, SECRET);
  const before = await hub.history();
  const wrong = [
    {},
    { 'X-Hub-Signature-256': [] },
    { 'X-Hub-Signature-256': '' },
    { 'X-Hub-Signature-256': `sha1=${good}` },
    { 'X-Hub-Signature-256': `sha256=${good.slice(2)}` },
    { 'X-Hub-Signature-256': `sha256=${good}00` },
    { 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` },
  ];
  for (const headers of wrong) {
    const answer = await github.post('workflow_run', text, { secret: 'another', headers });
    expect(answer.status).toBe(401);
    expect(jsonOf(answer)).toMatchObject({ type: '/problems/invalid-signature' });
    expect(answer.text).not.toContain(SECRET);
  }
  const changed = await github.post('workflow_run', `${text} `, {
    headers: { 'X-Hub-Signature-256': `sha256=${good}` },
  });
  expect(changed.status).toBe(401);
  const token = await hub.send('POST', '/v1/hooks/github', { body });
  expect(token.status).toBe(401);
  expect(await hub.history()).toEqual(before);
  expect(hub.logText()).not.toContain(SECRET);
});

test('the signature is that of the bytes, also where they are no text that there is', async () => {
  const bytes = Buffer.concat([
    Buffer.from('{"zen":"'),
    Buffer.from([0xff, 0xc3]),
    Buffer.from('"}'),
  ]);
  const signature = signatureOf(bytes, SECRET);
  const answer = await fetch(`${hub.url}/v1/hooks/github`, {
    method: 'POST',
    body: bytes,
    headers: {
      'Content-Type': 'application/json',
      'X-GitHub-Event': 'ping',
      'X-GitHub-Delivery': randomUUID(),
      'X-Hub-Signature-256': `sha256=${signature}`,
    },
  });
  expect(answer.status).toBe(202);
});

test.each([
  ['as a form', 415, 'payload=%7B%7D', { 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['without its event', 400, '{}', { 'X-GitHub-Event': [] }],
  ['without its delivery', 400, '{}', { 'X-GitHub-Delivery': [] }],
  ['that is no JSON', 400, '{', {}],
  ['without a run', 400, '{"action":"requested"}', {}],
])('a delivery %s is refused with %i, though signed', async (_what, status, text, headers) => {
  const answer = await github.post('workflow_run', text, { headers });
  expect([answer.status, jsonOf(answer)]).toMatchObject([status, { detail: /.{20,}/ }]);
});

test('what is missing in a payload is named', async () => {
  const body = github.payload('workflow_run.completed', { html_url: 7 });
  const answer = await github.post('workflow_run', body);
  expect(jsonOf(answer)).toMatchObject({
    type: '/problems/invalid-request',
    detail: expect.stringContaining('body.workflow_run.html_url'),
  });
});

test('a payload that is larger than the service takes is refused, and told how to change that', async () => {
  const body = github.payload('workflow_run.completed', {
    head_commit: 'x'.repeat(MAX_BODY_BYTES),
  });
  const answer = await github.post('workflow_run', body);
  expect([answer.status, answer.text]).toEqual([
    413,
    expect.stringContaining('AGENTLIGHT_MAX_BODY_BYTES'),
  ]);
});

test('without a secret the webhook is switched off, and says how to switch it on', async () => {
  const off = await openHub();
  const answer = await off.send('POST', '/v1/hooks/github', { token: undefined, body: {} });
  await off.close();
  expect([answer.status, answer.text]).toEqual([
    404,
    expect.stringContaining('AGENTLIGHT_GITHUB_SECRET'),
  ]);
});
