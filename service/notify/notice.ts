/**
 * Which events cause a notification, and its text. Pure.
 *
 * The rules are those of the extension: one notification per incident. The text starts with the agent's registered
 * name and fixed words; the agent's own words are one line of limited length.
 */
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Agent, Approval, Fleet, Run } from '../../protocol/fleet/fleet.ts';
import { isUnexpected } from '../../protocol/fleet/fleet.ts';
import { lastNonEmptyLine, oneLine } from './text.ts';

export const NOTICE_TYPES = [
  'run.failed',
  'agent.offline',
  'approval.requested',
  'budget.exceeded',
  'run.succeeded',
] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** Types of events that can cause a notification. */
export const NOTICE_EVENTS: readonly LogEvent['type'][] = [
  'run.failed',
  'agent.disconnected',
  'approval.requested',
  'budget.exceeded',
  'run.succeeded',
];

const NAME_CHARS = 60;
const MESSAGE_CHARS = 300;

/** A notification, as stored until it is sent. */
export interface Notice {
  readonly type: NoticeType;
  /** Time of the event, ISO 8601 in UTC. */
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
  /** Id of the question. */
  readonly approval?: Approval['id'];
  readonly link?: string;
}

/**
 * @param fleet a fleet that includes the event, and perhaps later ones.
 * @param run the run of the event, if it is still stored.
 * @returns undefined if the event causes no notification: it was intended, or its incident already caused one.
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
    ...textOf(event, name, agent, run),
    agent: {
      id: event.agent,
      name,
      ...(agent?.host !== undefined && { host: oneLine(agent.host, NAME_CHARS) }),
      ...(agent?.tags && { tags: agent.tags }),
    },
    ...(run && { run: summaryOf(run) }),
    ...(event.type === 'approval.requested' && { approval: event.id }),
  };
}

/** Whether the notification is still true: the question may have been answered, or the agent may be back. */
export function isStillTrue({ type, agent: { id }, seq, approval }: Notice, fleet: Fleet): boolean {
  const agent = fleet.agents[id];
  // this instance has not read the event yet
  if (fleet.seq < seq) return true;
  if (type === 'approval.requested') {
    return agent?.approvals?.some((open) => open.id === approval) ?? false;
  }
  if (type === 'agent.offline') {
    return agent?.liveness === 'offline' && agent.lostSince?.seq === seq;
  }
  return true;
}

/** Duration of a run since its start, or else its request; undefined until it ends. */
function durationMsOf({ startedAt, requestedAt, endedAt }: Run): number | undefined {
  const sinceAt = startedAt ?? requestedAt;
  if (sinceAt === undefined || endedAt === undefined) return undefined;
  return Math.max(0, Date.parse(endedAt) - Date.parse(sinceAt));
}

function typeOf(event: LogEvent, agent: Agent | undefined): NoticeType | undefined {
  switch (event.type) {
    case 'run.failed':
    case 'run.succeeded':
    case 'approval.requested':
    case 'budget.exceeded':
      return event.type;
    case 'agent.disconnected':
      // losses in quick succession are one incident, which has the position of the first
      return isUnexpected(event.data.reason) && agent?.lostSince?.seq === event.seq
        ? 'agent.offline'
        : undefined;
    default:
      return undefined;
  }
}

function textOf(
  event: LogEvent,
  name: string,
  agent: Agent | undefined,
  run: Run | undefined,
): Pick<Notice, 'title' | 'message'> {
  switch (event.type) {
    case 'run.failed': {
      const ownWords = oneLine(lastNonEmptyLine(event.data.message), MESSAGE_CHARS);
      return { title: `${name} failed`, message: ownWords || 'No reason was reported.' };
    }
    case 'run.succeeded': {
      const ownWords = oneLine(lastNonEmptyLine(event.data.message ?? ''), MESSAGE_CHARS);
      return { title: `${name} succeeded`, message: ownWords || durationText(run) };
    }
    case 'approval.requested': {
      const { kind, title, details = '' } = event.data;
      const ownWords = [title, details].filter((part) => part !== '').join(': ');
      return {
        title: kind === 'permission' ? `${name} needs your approval` : `${name} has a question`,
        message: oneLine(ownWords, MESSAGE_CHARS),
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
        message: `The connection to its runner${place} was lost${isRunning ? ' during a run' : ''}.`,
      };
    }
  }
}

function durationText(run: Run | undefined): string {
  const durationMs = run && durationMsOf(run);
  if (durationMs === undefined) return 'The run has finished.';
  const seconds = durationMs / 1_000;
  if (seconds < 60) return `It took ${seconds.toFixed(1)} s.`;
  return `It took ${Math.round(seconds / 60)} min.`;
}

function summaryOf(run: Run): NonNullable<Notice['run']> {
  const durationMs = durationMsOf(run);
  return {
    id: run.id,
    status: run.status,
    ...(durationMs !== undefined && { durationMs }),
    ...(run.requestedBy !== undefined && { requestedBy: run.requestedBy }),
  };
}
