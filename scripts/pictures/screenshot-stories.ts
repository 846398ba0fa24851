/** What the agents of the pictures have gone through. */
import { randomUUID } from 'node:crypto';
import type { Client } from '../../protocol/client/client.ts';

const MINUTE_MS = 60_000;

export interface Story {
  readonly id: string;
  readonly name: string;
  readonly host?: string;
  /** Has a runner that holds its command stream. */
  readonly isLive: boolean;
  readonly runs: readonly StoryRun[];
}

interface StoryEvent {
  readonly type: string;
  readonly data?: object;
  /** After the beginning of the run. Default: at its end, or at its beginning while it goes on. */
  readonly afterMin?: number;
}

interface StoryRun {
  readonly beganMinAgo: number;
  readonly tookMin?: number;
  readonly events: readonly StoryEvent[];
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

const step = (afterMin: number, type: string, id: string, more: object = {}): StoryEvent => ({
  afterMin,
  type: `step.${type}`,
  data: { step: id, ...more },
});

const STEPS = {
  load: 'Load the data',
  clean: 'Clean',
  text: 'Features: text',
  clicks: 'Features: clicks',
  train: 'Train',
  evaluate: 'Evaluate',
};

const losses = Array.from(
  { length: 60 },
  (_, epoch): StoryEvent => ({
    afterMin: 3 + epoch * 0.08,
    type: 'metric.reported',
    data: {
      name: 'val/loss',
      value: 0.9 * Math.exp(-epoch / 25) + 0.05 * Math.sin(epoch),
      step: epoch + 1,
      objective: 'min',
    },
  }),
);

/** For the page of a run. */
export const TRAINING_STORY: Story = {
  id: 'fine-tune',
  name: 'Fine-tune classifier',
  host: 'gpu-1',
  isLive: true,
  runs: [
    {
      beganMinAgo: 8,
      events: [
        {
          afterMin: 0,
          type: 'graph.defined',
          data: {
            nodes: Object.entries(STEPS).map(([id, name]) => ({ step: id, name })),
            edges: [
              ['load', 'clean'],
              ['clean', 'text'],
              ['clean', 'clicks'],
              ['text', 'train'],
              ['clicks', 'train'],
              ['train', 'evaluate'],
            ],
          },
        },
        step(0.1, 'started', 'load', { name: STEPS.load }),
        step(0.6, 'completed', 'load', { message: '4,812,330 rows' }),
        step(0.6, 'started', 'clean', { name: STEPS.clean }),
        step(1.1, 'completed', 'clean'),
        step(1.1, 'started', 'text', { name: STEPS.text }),
        step(1.1, 'started', 'clicks', { name: STEPS.clicks }),
        step(1.8, 'failed', 'clicks', { message: 'one shard is empty; its mean is used instead' }),
        step(2.2, 'completed', 'text'),
        { afterMin: 2.9, type: 'run.phase', data: { name: 'Training' } },
        step(2.9, 'started', 'train', { name: STEPS.train }),
        ...losses,
        { afterMin: 7.9, type: 'usage.reported', data: { costUsd: 4.26 } },
        step(7.9, 'progress', 'train', { value: 0.75, message: 'epoch 60 of 80' }),
        {
          afterMin: 7.9,
          type: 'artifact.created',
          data: { name: 'checkpoint-60.safetensors' },
        },
        {
          afterMin: 7.9,
          type: 'run.progress',
          data: { value: 0.75, message: 'epoch 60 of 80 · loss 0.082' },
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
  /** When it is told: what happened "a minute ago" was so long before. Default: now. */
  readonly nowMs?: number;
}

/** Reports a story as a runner does. */
export async function tell(
  story: Story,
  { url, token, client, signal, nowMs = Date.now() }: Told,
): Promise<void> {
  const { id, name, host, isLive } = story;
  const profile = { name, ...(host !== undefined && { host }), capabilities: ['run', 'cancel'] };
  await client.request('PUT', `/v1/agents/${id}`, { body: profile });
  if (isLive) {
    const headers = { Authorization: `Bearer ${token}` };
    const runner = `pictures-${id}`;
    const response = await fetch(`${url}/v1/runners/${runner}/commands?agent=${id}`, {
      headers,
      signal,
    });
    // one that nobody reads is closed with the next collection of garbage
    void response.body?.pipeTo(new WritableStream()).catch(() => undefined);
  }
  for (const { beganMinAgo, tookMin, events } of story.runs) {
    const run = randomUUID();
    const at = (minAgo: number) => new Date(nowMs - minAgo * MINUTE_MS).toISOString();
    const started = { type: 'run.started', agent: id, run, time: at(beganMinAgo) };
    const then = events.map(({ afterMin = tookMin ?? 0, ...event }) => ({
      data: {},
      ...event,
      agent: id,
      run,
      time: at(beganMinAgo - afterMin),
    }));
    await client.request('POST', '/v1/events', { body: { events: [started, ...then] } });
  }
}
