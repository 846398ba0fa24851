/** One example of each body and answer, by the id of the operation. */

const AGENT = 'unit-tests';
const RUN = '0198c2f4-5b7e-7c1a-9d2e-3f4a5b6c7d8e';
const RUNNER = 'laptop-4f2a';
const TIME = '2026-01-31T12:00:00.000Z';
const TOKEN = `agentlight_${'0'.repeat(49)}`;
const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const SERVICE = { name: 'agentlight', version: '0.1.0', epoch: '3f9a1c04d2b7' };

const run = {
  id: RUN,
  agent: AGENT,
  seq: 41,
  status: 'running',
  statusSeq: 42,
  requestedBy: 'owner',
  requestedAt: TIME,
  startedAt: TIME,
  command: 'npm test',
  progress: { value: 0.42, message: '173 of 412' },
};

const agent = {
  id: AGENT,
  name: 'Unit tests',
  owner: 'owner',
  capabilities: ['run', 'cancel'],
  liveness: 'live',
  livenessSeq: 40,
  lastSeenAt: TIME,
  runner: RUNNER,
  generation: 3,
  runs: [RUN],
  recent: [],
};

const approval = {
  id: RUN,
  seq: 42,
  requestedAt: TIME,
  kind: 'permission',
  title: 'Run a command',
  details: 'git push --force origin main',
  choices: [
    { id: 'allow', label: 'Allow', tone: 'allow' },
    { id: 'deny', label: 'Deny', tone: 'deny' },
  ],
  hash: HASH,
};

const token = { id: RUN, user: 'mira', scopes: ['read'], label: 'status page', createdAt: TIME };

const DELIVERED = { agent: 'github-186853002-ci-5d1f0a2b', run: RUN };

const cloudEvent = {
  specversion: '1.0',
  id: '7',
  source: '/ci/nightly',
  type: 'dev.agentlight.run.started',
  agent: AGENT,
  run: RUN,
  data: { command: 'npm test' },
};

const HOOK = {
  body: { session_id: RUN, hook_event_name: 'SessionStart', cwd: '/home/mira/api-server' },
  answer: { agent: 'claude-api-server-0198c2f4' },
};

export const EXAMPLES: Readonly<
  Record<
    string,
    {
      readonly body?: object;
      /** By media type. */
      readonly otherBodies?: Readonly<Record<string, unknown>>;
      readonly answer?: object;
    }
  >
> = {
  getHealth: { answer: { name: 'agentlight', status: 'ok' } },
  getReadiness: { answer: { name: 'agentlight', status: 'ready' } },
  pair: {
    body: { code: 'ABCD-EFGH', label: 'Chrome on laptop' },
    answer: { token: TOKEN, user: 'owner', service: SERVICE },
  },
  getSnapshot: {
    answer: {
      cursor: '3f9a1c04d2b7.42',
      time: TIME,
      fleet: { seq: 42, agents: { [AGENT]: agent }, runs: { [RUN]: run } },
    },
  },
  listAgents: { answer: { agents: [agent] } },
  putAgent: {
    body: { name: 'Unit tests', host: 'laptop', capabilities: ['run', 'cancel'] },
    answer: { agent },
  },
  requestRun: { body: { prompt: 'Fix the flaky test' }, answer: { run } },
  listRuns: { answer: { runs: [run], before: 41 } },
  listConnections: {
    answer: {
      connections: [
        {
          seq: 17,
          runner: 'laptop-4f2a',
          generation: 3,
          connectedAt: TIME,
          disconnectedAt: '2026-01-31T12:30:00.000Z',
          reason: 'connection-lost',
        },
      ],
      uptime: { since: TIME, share: 0.97 },
    },
  },
  listRunEvents: {
    answer: {
      events: [
        {
          seq: 42,
          id: '0198c2f4-5b7f-7c1a-9d2e-3f4a5b6c7d8e',
          type: 'run.started',
          time: TIME,
          agent: AGENT,
          run: RUN,
          actor: 'owner',
          data: { command: 'npm test' },
        },
      ],
    },
  },
  getRun: { answer: { run } },
  pauseRun: { answer: { run: { ...run, controlRequest: { kind: 'pause', by: 'owner' } } } },
  resumeRun: {
    answer: { run: { ...run, status: 'paused', controlRequest: { kind: 'resume', by: 'owner' } } },
  },
  retryRun: { body: { queue: true }, answer: { run: { ...run, status: 'queued', retryOf: RUN } } },
  takeClaudeCodeHook: HOOK,
  takeCodexHook: HOOK,
  takeGithubWebhook: {
    body: {
      action: 'completed',
      repository: {
        id: 186_853_002,
        full_name: 'octo-org/octo-repo',
        html_url: 'https://github.com/octo-org/octo-repo',
      },
      workflow_run: {
        id: 9_876_543_210,
        name: 'CI',
        run_attempt: 1,
        html_url: 'https://github.com/octo-org/octo-repo/actions/runs/9876543210',
        status: 'completed',
        conclusion: 'success',
      },
    },
    answer: DELIVERED,
  },
  takeWebhook: {
    body: { project: 'nightly', build: { id: 7, state: 'passed' } },
    answer: { agent: 'nightly', run: RUN },
  },
  getApproval: { answer: { agent: AGENT, approval } },
  decideApproval: {
    body: { choice: 'allow', hash: HASH, via: 'popup' },
    answer: {
      agent: AGENT,
      approval: {
        id: RUN,
        outcome: 'resolved',
        choice: 'allow',
        by: 'owner',
        via: 'popup',
        at: TIME,
      },
    },
  },
  acknowledge: {
    body: { attention: 42 },
    answer: { agent: { ...agent, acknowledged: { attention: 42, by: 'mira', at: TIME } } },
  },
  cancelRun: { answer: { run: { ...run, cancelRequestedBy: 'owner' } } },
  reportEvents: {
    body: {
      events: [
        { type: 'run.started', agent: AGENT, run: RUN, data: { command: 'npm test' } },
        { type: 'run.succeeded', agent: AGENT, run: RUN, data: { message: '412 passed' } },
      ],
    },
    otherBodies: {
      'application/cloudevents+json': cloudEvent,
      'application/cloudevents-batch+json': [cloudEvent],
      'application/x-ndjson': `{"type":"run.started","agent":"${AGENT}","run":"${RUN}"}\n`,
    },
    answer: {
      events: [
        { id: '0198c2f4-5b7f-7c1a-9d2e-3f4a5b6c7d8e', seq: 42 },
        { id: '0198c2f4-5b80-7c1a-9d2e-3f4a5b6c7d8e', seq: 43 },
      ],
    },
  },
  sendHeartbeat: {
    body: { generation: 3 },
    answer: { commands: { cancel: [RUN], pause: [], resume: [], start: [] } },
  },
  sayGoodbye: { body: { generation: 3, reason: 'goodbye' } },
  offerPairing: { answer: { code: 'ABCD-EFGH', expiresAt: TIME } },
  listTokens: { answer: { tokens: [token] } },
  createToken: {
    body: { user: 'mira', scopes: ['read'], label: 'status page' },
    answer: { id: RUN, token: TOKEN, user: 'mira', scopes: ['read'] },
  },
};

/** How a stream looks. */
export const STREAM_EXAMPLE = `retry: 1000

event: hello
data: {"protocol":1,"service":${JSON.stringify(SERVICE)},"user":"owner","heartbeatMs":15000,"time":"${TIME}","resumed":true}

id: 3f9a1c04d2b7.42
data: {"seq":42,"id":"0198c2f4-5b7f-7c1a-9d2e-3f4a5b6c7d8e","type":"run.started","time":"${TIME}","agent":"${AGENT}","run":"${RUN}","actor":"owner","data":{"command":"npm test"}}

: heartbeat
id: 3f9a1c04d2b7.42
`;
