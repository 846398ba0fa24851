/**
 * plan(fleet, requests) → what to append: decides the requests of one flush against one fleet, in order.
 *
 * Pure. Each request sees the effect of those before it. A request whose events are in the log already
 * (a repeated request) adds nothing and is answered with them.
 */
import type { Actor, Command, Decision, ReportedEvent } from '../../protocol/decide/command.ts';
import { decide } from '../../protocol/decide/decide.ts';
import type { EventDraft, LogEvent } from '../../protocol/events/event.ts';
import type { Agent, Fleet, Run } from '../../protocol/fleet/fleet.ts';
import { foldInto, workingCopy } from '../../protocol/fleet/fold.ts';
import { followUps } from '../../protocol/decide/follow-up.ts';
import { latestWinsKey } from '../../protocol/events/latest-wins.ts';
import type { Problem } from '../../protocol/wire/problem.ts';
import type { TouchedDocuments } from './store.ts';

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

/**
 * Of several events of which the latest wins, only the last one is stored; the others are answered with its
 * position.
 *
 * @param known events of the log by id: at least those that repeat an id of `requests`.
 */
export function plan(
  fleet: Fleet,
  requests: readonly LogRequest[],
  known: ReadonlyMap<string, LogEvent>,
  stamps: Stamps,
): Plan {
  const whole = planWithout(new Set(), fleet, requests, known, stamps);
  const superseded = findSuperseded(whole.drafted);
  if (superseded.size === 0) return whole;
  return planWithout(superseded, fleet, requests, known, stamps);
}

/** An event of which the latest wins, in the order of the log. */
interface Drafted {
  /** The same in every attempt to plan the same requests. */
  readonly place: string;
  readonly latestWins: string;
}

/** An event that is answered with the newest of its kind, once that is known. */
interface Superseded {
  readonly answer: LogEvent[];
  readonly index: number;
  readonly latestWins: string;
}

/** Places of events behind which a newer one of their kind is stored. */
function findSuperseded(drafted: readonly Drafted[]): Set<string> {
  const superseded = new Set<string>();
  const newer = new Set<string>();
  for (const { place, latestWins } of drafted.toReversed()) {
    if (newer.has(latestWins)) superseded.add(place);
    newer.add(latestWins);
  }
  return superseded;
}

function planWithout(
  superseded: ReadonlySet<string>,
  fleet: Fleet,
  requests: readonly LogRequest[],
  known: ReadonlyMap<string, LogEvent>,
  stamps: Stamps,
): Plan & { readonly drafted: readonly Drafted[] } {
  const byId = new Map(known);
  const events: LogEvent[] = [];
  const drafted: Drafted[] = [];
  const newest = new Map<string, LogEvent>();
  const answeredLater: Superseded[] = [];
  const runs = new Map<string, Run>();
  const state = workingCopy(fleet);
  const nowText = stamps.now();
  const stampAt = (draft: EventDraft, seq: number) => stamp(draft, seq, stamps.newId, nowText);
  const answers = requests.map((request, requestIndex): (() => Outcome) => {
    const { repeated, decision } = decideOnce(state, request, byId);
    if (decision.problem) return () => decision;
    const fresh: LogEvent[] = [];
    const stored: LogEvent[] = [];
    for (const [index, draft] of decision.events.entries()) {
      const event = stampAt(draft, state.seq + 1 + stored.length);
      fresh.push(event);
      const latestWins = latestWinsKey(draft);
      if (latestWins !== undefined) {
        const place = `${requestIndex}.${index}`;
        if (superseded.has(place)) {
          answeredLater.push({ answer: fresh, index, latestWins });
          continue;
        }
        drafted.push({ place, latestWins });
        newest.set(latestWins, event);
      }
      byId.set(event.id, event);
      stored.push(event);
    }
    foldInto(state, stored, runs);
    const followed = followUps(state, stored).map((draft, index) =>
      stampAt(draft, state.seq + 1 + index),
    );
    foldInto(state, followed, runs);
    events.push(...stored, ...followed);
    return () => ({ events: inRequestOrder(request.command, repeated, fresh) });
  });
  for (const { answer, index, latestWins } of answeredLater) {
    answer[index] = {
      ...(newest.get(latestWins) as LogEvent),
      id: (answer[index] as LogEvent).id,
    };
  }
  const outcomes = answers.map((answer) => answer());
  const touched = { agents: touchedAgents(fleet, state, events), runs };
  return { events, drafted, fleet: state, touched, outcomes };
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
  const refuse = (id: string, index?: number): OnceDecided => ({
    repeated: [],
    decision: {
      problem: {
        type: 'id-reused',
        detail: `The id or key ${id} was used before for something else. Use a new one.`,
        ...(index !== undefined && { extra: { index } }),
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
  const newest = newestRepeated(command.events, known);
  for (const [index, event] of command.events.entries()) {
    const earlier = event.id === undefined ? undefined : known.get(event.id);
    if (earlier) {
      if (!sameReport(event, earlier)) return refuse(earlier.id, index);
      repeated.push(earlier);
      continue;
    }
    const newer = newest.get(latestWinsKey(event) ?? '');
    if (event.id !== undefined && newer && newer.index > index) {
      repeated.push({ ...newer.event, id: event.id });
      continue;
    }
    if (event.id !== undefined) {
      if (inRequest.has(event.id)) return refuse(event.id, index);
      inRequest.set(event.id, event);
    }
    fresh.push(event);
  }
  if (fresh.length === 0) return { repeated, decision: { events: [] } };
  return { repeated, decision: decide(fleet, { ...command, events: fresh }, actor) };
}

/** Where a request repeats an event of which the latest wins, the older ones before it were superseded the first time. */
function newestRepeated(
  events: readonly ReportedEvent[],
  known: ReadonlyMap<string, LogEvent>,
): Map<string, { index: number; event: LogEvent }> {
  const newest = new Map<string, { index: number; event: LogEvent }>();
  for (const [index, reported] of events.entries()) {
    const key = latestWinsKey(reported);
    const event = reported.id === undefined ? undefined : known.get(reported.id);
    if (key !== undefined && event) newest.set(key, { index, event });
  }
  return newest;
}

function sameRequest(
  command: Extract<Command, { type: 'request-run' }>,
  earlier: LogEvent,
): boolean {
  return (
    (earlier.type === 'run.requested' || earlier.type === 'run.queued') &&
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

function stamp(draft: EventDraft, seq: number, newId: Stamps['newId'], nowText: string): LogEvent {
  const reported = draft.time === undefined ? nowText : new Date(draft.time).toISOString();
  return {
    seq,
    id: draft.id ?? newId(),
    type: draft.type,
    // a reporter's clock may run ahead of ours; nothing has happened in the future
    time: reported < nowText ? reported : nowText,
    agent: draft.agent,
    run: draft.run,
    actor: draft.actor,
    data: draft.data,
  } as LogEvent;
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
    const ids = 'orphans' in event.data ? event.data.orphans : [event.agent ?? ''];
    for (const id of ids) {
      const agent = after.agents[id];
      if (agent !== before.agents[id]) touched.set(id, agent ?? null);
    }
  }
  return touched;
}
