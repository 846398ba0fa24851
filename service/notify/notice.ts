/**
 * What a notification says, and whether an event deserves one. Pure.
 *
 * The words and the rules are those of the extension: one incident is told once, our own words and the registered
 * name come first, and what the agent says is one bounded line.
 */
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Agent, Approval, Fleet, Run } from '../../protocol/fleet/fleet.ts';
import { isSurprise } from '../../protocol/fleet/fleet.ts';
import { lastNonEmptyLine, oneLine } from './text.ts';

export const NOTICE_TYPES = [
  'run.failed',
  'agent.offline',
  'approval.requested',
  'budget.exceeded',
  'run.succeeded',
] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** Types of events that may deserve one. */
export const NOTICE_EVENTS: readonly LogEvent['type'][] = [
  'run.failed',
  'agent.disconnected',
  'approval.requested',
  'budget.exceeded',
  'run.succeeded',
];

const NAME_CHARS = 60;
const MESSAGE_CHARS = 300;

/** As it is kept until it is sent. */
export interface Notice {
  readonly type: NoticeType;
  /** Of the event, ISO 8601 in UTC. */
  readonly time: string;
  /** Position of the event. */
  readonly seq: number;
  readonly title: string;
  readonly message: string;
  readonly agent: {
    readonly id: string;
    readonly name: string;
    readonly host?: string;
    readonly tags?: readonly string[];
  };
  readonly run?: {
    readonly id: string;
    readonly status: Run['status'];
    readonly durationMs?: number;
    readonly requestedBy?: string;
  };
  /** The question. */
  readonly approval?: Approval['id'];
  readonly link?: string;
}

/**
 * @param fleet that has folded the event, and perhaps later ones.
 * @param run of the event, as far as it is kept.
 * @returns undefined for what is no news: somebody meant it, or it belongs to an incident that was told.
 */
export function toNotice(event: LogEvent, fleet: Fleet, run: Run | undefined): Notice | undefined {
  if (event.agent === undefined) return undefined;
  const agent = fleet.agents[event.agent];
  const type = typeOf(event, agent);
  if (type === undefined) return undefined;
  const name = oneLine(agent?.name ?? event.agent, NAME_CHARS);
  return {
    type,
    time: event.time,
    seq: event.seq,
    ...wordsFor(event, name, agent, run),
    agent: {
      id: event.agent,
      name,
      ...(agent?.host !== undefined && { host: oneLine(agent.host, NAME_CHARS) }),
      ...(agent?.tags && { tags: agent.tags }),
    },
    ...(run && { run: aboutRun(run) }),
    ...(event.type === 'approval.requested' && { approval: event.id }),
  };
}

/** Whether it still says something true: a question may be answered meanwhile, an agent be back. */
export function isStillTrue({ type, agent: { id }, seq, approval }: Notice, fleet: Fleet): boolean {
  const agent = fleet.agents[id];
  // this process has not read so far yet
  if (fleet.seq < seq) return true;
  if (type === 'approval.requested') {
    return agent?.approvals?.some((open) => open.id === approval) ?? false;
  }
  if (type === 'agent.offline') {
    return agent?.liveness === 'offline' && agent.lostSince?.seq === seq;
  }
  return true;
}

/** How long a run took, from its beginning or else from when it was asked for; undefined while it goes on. */
function durationMsOf({ startedAt, requestedAt, endedAt }: Run): number | undefined {
  const beganAt = startedAt ?? requestedAt;
  if (beganAt === undefined || endedAt === undefined) return undefined;
  return Math.max(0, Date.parse(endedAt) - Date.parse(beganAt));
}

function typeOf(event: LogEvent, agent: Agent | undefined): NoticeType | undefined {
  switch (event.type) {
    case 'run.failed':
    case 'run.succeeded':
    case 'approval.requested':
    case 'budget.exceeded':
      return event.type;
    case 'agent.disconnected':
      // whoever flaps is one incident, which bears the position of its first loss
      return isSurprise(event.data.reason) && agent?.lostSince?.seq === event.seq
        ? 'agent.offline'
        : undefined;
    default:
      return undefined;
  }
}

function wordsFor(
  event: LogEvent,
  name: string,
  agent: Agent | undefined,
  run: Run | undefined,
): Pick<Notice, 'title' | 'message'> {
  switch (event.type) {
    case 'run.failed': {
      const said = oneLine(lastNonEmptyLine(event.data.message), MESSAGE_CHARS);
      return { title: `${name} failed`, message: said || 'It gave no reason.' };
    }
    case 'run.succeeded': {
      const said = oneLine(lastNonEmptyLine(event.data.message ?? ''), MESSAGE_CHARS);
      return { title: `${name} succeeded`, message: said || tookText(run) };
    }
    case 'approval.requested': {
      const { kind, title, details = '' } = event.data;
      const said = [title, details].filter((part) => part !== '').join(': ');
      return {
        title: kind === 'permission' ? `${name} needs your approval` : `${name} has a question`,
        message: oneLine(said, MESSAGE_CHARS),
      };
    }
    case 'budget.exceeded': {
      const { limit, used, allowed } = event.data;
      const show = (value: number) =>
        limit.startsWith('cost') ? `$${value.toFixed(2)}` : `${value} tokens`;
      const span = limit.endsWith('Run') ? 'in one run' : 'today';
      return {
        title: `${name} is over its budget`,
        message: `It has used ${show(used)} of ${show(allowed)} ${span}.`,
      };
    }
    default: {
      const place = agent?.host === undefined ? '' : ` on ${oneLine(agent.host, NAME_CHARS)}`;
      const isRunning = (agent?.runs.length ?? 0) > 0;
      return {
        title: `${name} is offline`,
        message: `Its runner${place} is out of contact${isRunning ? ' in the middle of a run' : ''}.`,
      };
    }
  }
}

function tookText(run: Run | undefined): string {
  const durationMs = run && durationMsOf(run);
  if (durationMs === undefined) return 'It is done.';
  const seconds = durationMs / 1_000;
  if (seconds < 60) return `It took ${seconds.toFixed(1)} s.`;
  return `It took ${Math.round(seconds / 60)} min.`;
}

function aboutRun(run: Run): NonNullable<Notice['run']> {
  const durationMs = durationMsOf(run);
  return {
    id: run.id,
    status: run.status,
    ...(durationMs !== undefined && { durationMs }),
    ...(run.requestedBy !== undefined && { requestedBy: run.requestedBy }),
  };
}
