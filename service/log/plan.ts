/**
 * plan(fleet, requests) → what to append: decides the requests of one flush against one fleet, in order.
 *
 * Pure. Each request sees the effect of those before it. A request whose events are in the log already
 * (a repeated request) adds nothing and is answered with them.
 */
import type { Actor, Command, Decision, ReportedEvent } from '../../protocol/command.ts';
import { decide } from '../../protocol/decide.ts';
import type { EventDraft, LogEvent } from '../../protocol/event.ts';
import type { Agent, Fleet, Run } from '../../protocol/fleet.ts';
import { foldInto, workingCopy } from '../../protocol/fold.ts';
import type { Problem } from '../../protocol/problem.ts';
import type { StampedEvent, TouchedDocuments } from './store.ts';

export interface LogRequest {
  readonly command: Command;
  readonly actor: Actor;
}

/** What becomes of one request once the plan is stored. */
export type Outcome =
  | { readonly events: readonly LogEvent[]; readonly problem?: never }
  | { readonly problem: Problem; readonly events?: never };

export interface Plan {
  /** What to store, in order; each has its position. */
  readonly events: readonly LogEvent[];
  readonly fleet: Fleet;
  readonly touched: TouchedDocuments;
  /** In the order of the requests. */
  readonly outcomes: readonly Outcome[];
}

/** Where ids and times come from. */
export interface Stamps {
  readonly newId: () => string;
  /** ISO 8601, UTC. */
  readonly now: () => string;
}

/** @param known events of the log by id: at least those that repeat an id of `requests`. */
export function plan(
  fleet: Fleet,
  requests: readonly LogRequest[],
  known: ReadonlyMap<string, LogEvent>,
  stamps: Stamps,
): Plan {
  const byId = new Map(known);
  const events: LogEvent[] = [];
  const runs = new Map<string, Run>();
  const state = workingCopy(fleet);
  const outcomes = requests.map((request): Outcome => {
    const { repeated, decision } = decideOnce(state, request, byId);
    if (decision.problem) return decision;
    const fresh = decision.events.map((draft, index) =>
      stamp(draft, state.seq + 1 + index, stamps),
    );
    for (const event of fresh) byId.set(event.id, event);
    foldInto(state, fresh, runs);
    events.push(...fresh);
    return { events: inRequestOrder(request.command, repeated, fresh) };
  });
  return {
    events,
    fleet: state,
    touched: { agents: touchedAgents(fleet, state, events), runs },
    outcomes,
  };
}

/** Ids by which a client made this command repeatable. */
export function clientIds(command: Command): string[] {
  if (command.type === 'report') return command.events.flatMap((event) => event.id ?? []);
  if (command.type === 'request-run' && command.event !== undefined) return [command.event];
  return [];
}

interface OnceDecided {
  /** Events of earlier requests that this one repeats. */
  readonly repeated: readonly LogEvent[];
  readonly decision: Decision;
}

function decideOnce(
  fleet: Fleet,
  { command, actor }: LogRequest,
  known: ReadonlyMap<string, LogEvent>,
): OnceDecided {
  const repeated: LogEvent[] = [];
  const refuse = (id: string): OnceDecided => ({
    repeated: [],
    decision: {
      problem: {
        type: 'id-reused',
        detail: `The id or key ${id} was used before for something else. Use a new one.`,
      },
    },
  });

  if (command.type === 'request-run') {
    const earlier = command.event === undefined ? undefined : known.get(command.event);
    if (!earlier) return { repeated, decision: decide(fleet, command, actor) };
    if (!sameRequest(command, earlier)) return refuse(earlier.id);
    return { repeated: [earlier], decision: { events: [] } };
  }
  if (command.type !== 'report') return { repeated, decision: decide(fleet, command, actor) };

  const inRequest = new Map<string, ReportedEvent>();
  const fresh: ReportedEvent[] = [];
  for (const event of command.events) {
    const earlier = event.id === undefined ? undefined : known.get(event.id);
    if (earlier) {
      if (!sameReport(event, earlier)) return refuse(earlier.id);
      repeated.push(earlier);
      continue;
    }
    if (event.id !== undefined) {
      if (inRequest.has(event.id)) return refuse(event.id);
      inRequest.set(event.id, event);
    }
    fresh.push(event);
  }
  if (fresh.length === 0) return { repeated, decision: { events: [] } };
  return { repeated, decision: decide(fleet, { ...command, events: fresh }, actor) };
}

function sameRequest(
  command: Extract<Command, { type: 'request-run' }>,
  earlier: LogEvent,
): boolean {
  return (
    earlier.type === 'run.requested' &&
    earlier.agent === command.agent &&
    canonical(earlier.data) === canonical(command.request)
  );
}

function sameReport(event: ReportedEvent, earlier: LogEvent): boolean {
  return (
    earlier.type === event.type &&
    earlier.agent === event.agent &&
    earlier.run === event.run &&
    canonical(earlier.data) === canonical(event.data)
  );
}

/** JSON with sorted keys: equal for equal values, however they were written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function stamp(draft: EventDraft, seq: number, { newId, now }: Stamps): LogEvent {
  const nowText = now();
  const reported = draft.time === undefined ? nowText : new Date(draft.time).toISOString();
  const stamped = {
    id: draft.id ?? newId(),
    type: draft.type,
    // a reporter's clock may run ahead of ours; nothing has happened in the future
    time: reported < nowText ? reported : nowText,
    agent: draft.agent,
    run: draft.run,
    actor: draft.actor,
    data: draft.data,
  } as StampedEvent;
  return { seq, ...stamped };
}

/** Puts repeated and new events in the order in which the request named them. */
function inRequestOrder(
  command: Command,
  repeated: readonly LogEvent[],
  fresh: readonly LogEvent[],
): readonly LogEvent[] {
  if (repeated.length === 0 || command.type !== 'report') return [...repeated, ...fresh];
  const earlier = new Map(repeated.map((event) => [event.id, event]));
  const next = fresh[Symbol.iterator]();
  return command.events.flatMap((event) => {
    const found = event.id === undefined ? undefined : earlier.get(event.id);
    return found ?? next.next().value ?? [];
  });
}

function touchedAgents(
  before: Fleet,
  after: Fleet,
  events: readonly LogEvent[],
): Map<string, Agent | null> {
  const touched = new Map<string, Agent | null>();
  for (const event of events) {
    const ids = event.type === 'service.started' ? event.data.orphans : [event.agent ?? ''];
    for (const id of ids) {
      const agent = after.agents[id];
      if (agent !== before.agents[id]) touched.set(id, agent ?? null);
    }
  }
  return touched;
}
