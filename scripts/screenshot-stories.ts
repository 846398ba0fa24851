/** What the agents of the pictures have gone through. */
import { randomUUID } from 'node:crypto';
import type { Client } from '../service/runner/client.ts';

const MINUTE_MS = 60_000;

export interface Story {
  readonly id: string;
  readonly name: string;
  readonly host?: string;
  /** Has a runner that holds its command stream. */
  readonly isLive: boolean;
  readonly runs: readonly StoryRun[];
}

interface StoryRun {
  readonly beganMinAgo: number;
  readonly tookMin?: number;
  readonly events: readonly { readonly type: string; readonly data?: object }[];
}

const succeeded = (beganMinAgo: number, tookMin: number, message?: string): StoryRun => ({
  beganMinAgo,
  tookMin,
  events: [{ type: 'run.succeeded', data: message === undefined ? {} : { message } }],
});

const failed = (beganMinAgo: number, tookMin: number, message: string, exitCode = 1): StoryRun => ({
  beganMinAgo,
  tookMin,
  events: [{ type: 'run.failed', data: { reason: 'exit', exitCode, message } }],
});

export const ALL_STORIES: readonly Story[] = [
  {
    id: 'nightly-e2e',
    name: 'Nightly e2e',
    host: 'ci-2',
    isLive: true,
    runs: [
      succeeded(3_100, 9),
      succeeded(2_500, 8.6),
      succeeded(1_900, 9.4),
      failed(1_500, 4.2, '1 of 412 tests failed'),
      succeeded(900, 8.9),
      failed(15, 8.7, 'checkout > pays with a saved card\n3 of 412 tests failed'),
    ],
  },
  {
    id: 'unit-tests',
    name: 'Unit tests',
    host: 'mira',
    isLive: true,
    runs: [
      succeeded(300, 0.7),
      succeeded(200, 0.8),
      failed(120, 0.5, '2 failed'),
      succeeded(100, 0.8),
      succeeded(49, 0.75, '1,207 passed'),
    ],
  },
  {
    id: 'refactor-auth',
    name: 'codex · refactor-auth',
    host: 'mira',
    isLive: true,
    runs: [
      {
        beganMinAgo: 12.6,
        events: [
          { type: 'run.phase', data: { name: 'Editing src/session.ts' } },
          { type: 'run.progress', data: { value: 0.57, message: 'step 4 of 7' } },
        ],
      },
    ],
  },
  {
    id: 'train-ranker',
    name: 'Train ranker',
    host: 'gpu-1',
    isLive: true,
    runs: [
      succeeded(9_000, 400),
      succeeded(5_000, 380),
      {
        beganMinAgo: 102.1,
        events: [
          { type: 'run.progress', data: { value: 0.3, message: 'epoch 12 of 40 · loss 0.218' } },
        ],
      },
    ],
  },
  {
    id: 'docs-build',
    name: 'Docs',
    host: 'mira',
    isLive: true,
    runs: [succeeded(800, 0.8), succeeded(126, 0.8)],
  },
  {
    id: 'deploy-preview',
    name: 'Deploy preview',
    host: 'ci-2',
    isLive: true,
    runs: [
      succeeded(700, 3),
      succeeded(400, 2.8),
      { beganMinAgo: 34, tookMin: 1.2, events: [{ type: 'run.cancelled' }] },
    ],
  },
  { id: 'lint-watch', name: 'Lint', host: 'mira', isLive: true, runs: [] },
];

export const ASKING_STORY: Story = {
  id: 'claude-api-server',
  name: 'claude · api-server',
  host: 'mira',
  isLive: true,
  runs: [
    {
      beganMinAgo: 4,
      tookMin: 3.33,
      events: [
        { type: 'usage.reported', data: { costUsd: 0.38 } },
        {
          type: 'approval.requested',
          data: {
            kind: 'permission',
            title: 'Run a command',
            details: 'rm -rf node_modules && npm ci',
            choices: [
              { id: 'allow', label: 'Approve', tone: 'allow' },
              { id: 'deny', label: 'Deny', tone: 'deny' },
              { id: 'terminal', label: 'In the terminal', tone: 'neutral' },
            ],
            hash: '0'.repeat(64),
          },
        },
      ],
    },
  ],
};

export const RUNNING_STORIES: readonly Story[] = ALL_STORIES.slice(2);

export interface Told {
  readonly url: string;
  readonly token: string;
  readonly client: Client;
  /** Ends the connections of the runners. */
  readonly signal: AbortSignal;
}

/** Reports a story as a runner does. */
export async function tell(story: Story, { url, token, client, signal }: Told): Promise<void> {
  const { id, name, host, isLive } = story;
  const profile = { name, ...(host !== undefined && { host }), capabilities: ['run', 'cancel'] };
  await client.request('PUT', `/v1/agents/${id}`, { body: profile });
  if (isLive) {
    const headers = { Authorization: `Bearer ${token}` };
    const runner = `pictures-${id}`;
    await fetch(`${url}/v1/runners/${runner}/commands?agent=${id}`, { headers, signal });
  }
  const nowMs = Date.now();
  for (const { beganMinAgo, tookMin, events } of story.runs) {
    const run = randomUUID();
    const at = (minAgo: number) => new Date(nowMs - minAgo * MINUTE_MS).toISOString();
    const started = { type: 'run.started', agent: id, run, time: at(beganMinAgo) };
    const then = events.map((event) => ({
      data: {},
      ...event,
      agent: id,
      run,
      time: at(beganMinAgo - (tookMin ?? 0)),
    }));
    await client.request('POST', '/v1/events', { body: { events: [started, ...then] } });
  }
}
