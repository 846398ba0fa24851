/** What GitHub sends to a service, as it sends it: payloads of its shape, signed, each in a delivery of its own. */
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { statusOf } from '../../../protocol/fleet/status.ts';
import type { DeliveryAnswer, RunEventsAnswer } from '../../../protocol/wire/messages.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';
import type { Answer } from './request.ts';
import { jsonOf } from './request.ts';

export const SECRET = 'a-secret-of-a-test-0123456789';
export const MAX_BODY_BYTES = 65_536;

interface Sending {
  readonly delivery?: string;
  readonly secret?: string;
  readonly headers?: Record<string, string | string[]>;
}

export interface Github {
  readonly hub: Hub;
  /** From here on it is another repository, with runs and jobs of its own. */
  next(): void;
  /** A file of test/fixtures/github, changed in the part that it is named for. */
  payload(name: string, changes?: object, more?: object): object;
  post(event: string, body: object | string, sending?: Sending): Promise<Answer>;
  /** Sends a file of test/fixtures/github. */
  send(name: string, changes?: object, more?: object): Promise<Answer>;
  /** The same, and it must be taken. */
  deliver(name: string, changes?: object, more?: object): Promise<{ agent: string; run: string }>;
  /** What the log says of a run, in order. */
  typesOf(run: string): Promise<string[]>;
  /** What an agent shows. */
  lightOf(agent: string): Promise<string>;
}

type Payload = Record<string, Record<string, unknown>>;

export async function openGithub(): Promise<Github> {
  const hub = await openHub({
    AGENTLIGHT_GITHUB_SECRET: SECRET,
    AGENTLIGHT_MAX_BODY_BYTES: String(MAX_BODY_BYTES),
  });
  let runId = 21_548_890_412;
  let repositoryId = 512_840_117;

  const payload: Github['payload'] = (name, changes = {}, more = {}) => {
    const file = new URL(`../../fixtures/github/${name}.json`, import.meta.url);
    const told = JSON.parse(readFileSync(file, 'utf8')) as Payload;
    const part = partOf(name);
    const ids = {
      workflow_run: { id: runId },
      workflow_job: { id: runId + 1, run_id: runId },
      check_run: { id: runId },
    }[part];
    const repository = { ...told['repository'], id: repositoryId };
    return { ...told, repository, [part]: { ...told[part], ...ids, ...changes }, ...more };
  };

  const post: Github['post'] = (event, body, sending = {}) => {
    const { delivery = randomUUID(), secret = SECRET, headers } = sending;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return hub.send('POST', '/v1/hooks/github', {
      token: undefined,
      body: text,
      headers: {
        'User-Agent': 'GitHub-Hookshot/44ed0b0',
        'X-GitHub-Event': event,
        'X-GitHub-Delivery': delivery,
        'X-Hub-Signature-256': `sha256=${signatureOf(text, secret)}`,
        ...headers,
      },
    });
  };

  const send: Github['send'] = (name, changes, more) =>
    post(partOf(name), payload(name, changes, more));

  return {
    hub,
    payload,
    post,
    send,
    next() {
      runId += 1_000;
      repositoryId += 1;
    },
    async deliver(name, changes, more) {
      const answer = await send(name, changes, more);
      expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"run"')]);
      const { agent = '', run = '' } = jsonOf(answer) as DeliveryAnswer;
      return { agent, run };
    },
    async typesOf(run) {
      const path = `/v1/runs/${run}/events`;
      const { events } = await hub.expect<RunEventsAnswer>(200, 'GET', path);
      return events.map(({ type }) => type);
    },
    async lightOf(agent) {
      const fleet = await hub.fleet();
      const found = fleet.agents[agent];
      return found ? statusOf(fleet, found) : 'unknown';
    },
  };
}

export function signatureOf(body: string | Buffer, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

function partOf(name: string): string {
  return name.split('.')[0] ?? '';
}
