/** Examples of the interface: documents that they share, and one of each answer. */
import { EVENT_KINDS } from '../../../protocol/events/event.ts';
import type { AnswerName } from '../../../protocol/wire/answers.ts';

export const AGENT = 'unit-tests';
export const RUN = '0198c2f4-5b7e-7c1a-9d2e-3f4a5b6c7d8e';
const TIME = '2026-01-31T12:00:00.000Z';
const CURSOR = '3f9a1c04d2b7.42';
const TOKEN = `agentlight_${'0'.repeat(49)}`;
const SERVICE = { name: 'agentlight', version: '0.1.0', epoch: '3f9a1c04d2b7' };
const ended = EVENT_KINDS['agent.disconnected'].example;

const run = {
  id: RUN,
  agent: AGENT,
  seq: 41,
  status: 'running',
  statusSeq: 42,
  requestedBy: 'owner',
  requestedAt: TIME,
  startedAt: TIME,
  ...EVENT_KINDS['run.started'].example,
  progress: EVENT_KINDS['run.progress'].example,
};

const agent = {
  ...EVENT_KINDS['agent.registered'].example,
  id: AGENT,
  liveness: 'live',
  livenessSeq: 40,
  lastSeenAt: TIME,
  runner: ended.runner,
  generation: ended.generation,
  runs: [RUN],
  recent: [],
};

export const exampleApproval = {
  ...EVENT_KINDS['approval.requested'].example,
  id: RUN,
  seq: 42,
  requestedAt: TIME,
};

export const exampleEvent = {
  seq: 42,
  id: '0198c2f4-5b7f-7c1a-9d2e-3f4a5b6c7d8e',
  type: 'run.started',
  time: TIME,
  agent: AGENT,
  run: RUN,
  actor: 'owner',
  data: EVENT_KINDS['run.started'].example,
};

const hello = {
  protocol: 1,
  service: SERVICE,
  user: 'owner',
  heartbeatMs: 15_000,
  time: TIME,
  resumed: true,
};

export const STREAM_EXAMPLE = `retry: 1000

event: hello
data: ${JSON.stringify(hello)}

data: ${JSON.stringify(exampleEvent)}
id: ${CURSOR}

: heartbeat
id: ${CURSOR}
`;

const token = { id: RUN, user: 'mira', scopes: ['read'] };

export const ANSWER_EXAMPLES: Readonly<Partial<Record<AnswerName, object>>> = {
  AgentAnswer: { agent },
  Agents: { agents: [agent] },
  ApprovalAnswer: { agent: AGENT, approval: exampleApproval },
  ConnectionsAnswer: {
    connections: [{ seq: 17, connectedAt: TIME, ...ended }],
    uptime: { since: TIME, share: 0.97 },
  },
  DeliveryAnswer: { agent: AGENT, run: RUN },
  Health: { name: 'agentlight', status: 'ok' },
  HookAnswer: { agent: 'claude-api-server-0198c2f4' },
  NewToken: { ...token, token: TOKEN },
  PairAnswer: { token: TOKEN, user: 'owner', service: SERVICE },
  PairingCode: { code: 'ABCD-EFGH', expiresAt: TIME },
  PendingCommands: { commands: { cancel: [RUN], pause: [], resume: [], start: [] } },
  ReportAnswer: { events: [{ id: exampleEvent.id, seq: 42 }] },
  RunAnswer: { run },
  RunEventsAnswer: { events: [exampleEvent] },
  RunsAnswer: { runs: [run], before: 41 },
  Snapshot: {
    cursor: CURSOR,
    time: TIME,
    fleet: { seq: 42, agents: { [AGENT]: agent }, runs: { [RUN]: run } },
  },
  Tokens: { tokens: [{ ...token, label: 'status page', createdAt: TIME }] },
};
