/**
 * plan(fleet, requests) → what to append: decides the requests of one batch, in order, and folds the resulting events.
 *
 * Pure. Each request is decided on the fleet after those before it. A request that repeats an earlier one, by the ids of
 * its events, adds nothing and is answered with the events of that time.
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

/** The answer to one request: its events in the log, or why nothing of it was stored. */
export type AppendResult =
  | { readonly events: readonly LogEvent[]; readonly problem?: never }
  | { readonly problem: Problem; readonly events?: never };

export interface Plan {
  /** The events to store, in order, with their positions. */
  readonly events: readonly LogEvent[];
  /** The fleet after these events. */
  readonly fleet: Fleet;
  readonly touched: TouchedDocuments;
  /** In the order of the requests. */
  readonly results: readonly AppendResult[];
}

/** Where the ids and times of new events come from. */
export interface IdsAndClock {
  readonly newId: () => string;
  /** ISO 8601, UTC. */
  readonly now: () => string;
}

/**
 * Of several events of a kind whose latest wins (progress, usage), only the last is stored. The others are answered with
 * its position.
 *
 * @param known events of the log by id, at least those whose ids occur in `requests`.
 */
export function plan(
  fleet: Fleet,
  requests: readonly LogRequest[],
  known: ReadonlyMap<string, LogEvent>,
  idsAndClock: IdsAndClock,
): Plan {
  const whole = planWithout(new Set(), fleet, requests, known, idsAndClock);
  const superseded = findSuperseded(whole.latestWins);
  if (superseded.size === 0) return whole;
  return planWithout(superseded, fleet, requests, known, idsAndClock);
}

/** A planned event of a kind whose latest wins. */
interface LatestWinsEvent {
  /** Identifies the event within the requests, whenever they are planned. */
  readonly place: string;
  /** Equal for events that supersede each other. */
  readonly key: string;
}

/** An event that is not stored. Its place in the answer is filled with the newest of its kind, once that is known. */
interface SupersededEvent {
  readonly answer: LogEvent[];
  readonly index: number;
  readonly key: string;
}

/** Places of the events that are followed by a newer one of their kind. */
function findSuperseded(events: readonly LatestWinsEvent[]): Set<string> {
  const superseded = new Set<string>();
  const newer = new Set<string>();
  for (const { place, key } of events.toReversed()) {
    if (newer.has(key)) superseded.add(place);
    newer.add(key);
  }
  return superseded;
}

function planWithout(
  superseded: ReadonlySet<string>,
  fleet: Fleet,
  requests: readonly LogRequest[],
  known: ReadonlyMap<string, LogEvent>,
  idsAndClock: IdsAndClock,
): Plan & { readonly latestWins: readonly LatestWinsEvent[] } {
  const byId = new Map(known);
  const events: LogEvent[] = [];
  const latestWins: LatestWinsEvent[] = [];
  const newest = new Map<string, LogEvent>();
  const answeredLater: SupersededEvent[] = [];
  const runs = new Map<string, Run>();
  const state = workingCopy(fleet);
  const { newId, now } = idsAndClock;
  const nowText = now();
  const results = requests.map((request, requestIndex): (() => AppendResult) => {
    const { repeated, decision } = decideOnce(state, request, byId);
    if (decision.problem) return () => decision;
    const fresh: LogEvent[] = [];
    const stored: LogEvent[] = [];
    for (const [index, draft] of decision.events.entries()) {
      const event = toLogEvent(draft, state.seq + 1 + stored.length, newId, nowText);
      fresh.push(event);
      const key = latestWinsKey(draft);
      if (key !== undefined) {
        const place = `${requestIndex}.${index}`;
        if (superseded.has(place)) {
          answeredLater.push({ answer: fresh, index, key });
          continue;
        }
        latestWins.push({ place, key });
        newest.set(key, event);
      }
      byId.set(event.id, event);
      stored.push(event);
    }
    foldInto(state, stored, runs);
    const followed = followUps(state, stored).map((draft, index) =>
      toLogEvent(draft, state.seq + 1 + index, newId, nowText),
    );
    foldInto(state, followed, runs);
    events.push(...stored, ...followed);
    return () => ({ events: inRequestOrder(request.command, repeated, fresh) });
  });
  for (const { answer, index, key } of answeredLater) {
    answer[index] = {
      ...(newest.get(key) as LogEvent),
      id: (answer[index] as LogEvent).id,
    };
  }
  const touched = { agents: touchedAgents(fleet, state, events), runs };
  return {
    events,
    latestWins,
    fleet: state,
    touched,
    results: results.map((result) => result()),
  };
}

/** The event ids that the client chose, so that it can repeat the command safely. */
export function clientIds(command: Command): string[] {
  if (command.type === 'report') return command.events.flatMap((event) => event.id ?? []);
  if (command.type === 'request-run' && command.event !== undefined) return [command.event];
  return [];
}

interface OnceDecided {
  /** Events of the log that the request repeats. */
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
  const places: number[] = [];
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
    const twin = event.id === undefined ? undefined : inRequest.get(event.id);
    if (twin && !sameReport(event, twin)) return refuse(twin.id ?? '', index);
    if (twin) continue;
    if (event.id !== undefined) inRequest.set(event.id, event);
    fresh.push(event);
    places.push(index);
  }
  if (fresh.length === 0) return { repeated, decision: { events: [] } };
  return { repeated, decision: decide(fleet, { ...command, events: fresh, places }, actor) };
}

/**
 * By key, the last event of a kind whose latest wins that the request repeats. The older ones before it in the request
 * are not in the log: they were superseded the first time.
 */
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

function sameReport(event: ReportedEvent, earlier: LogEvent | ReportedEvent): boolean {
  return (
    earlier.type === event.type &&
    earlier.agent === event.agent &&
    earlier.run === event.run &&
    canonical(earlier.data) === canonical(event.data)
  );
}

/** JSON with sorted keys, so that equal values have equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function toLogEvent(
  draft: EventDraft,
  seq: number,
  newId: IdsAndClock['newId'],
  nowText: string,
): LogEvent {
  const reported = draft.time === undefined ? nowText : new Date(draft.time).toISOString();
  return {
    seq,
    id: draft.id ?? newId(),
    type: draft.type,
    // a reporter's clock may be ahead of ours, and no event may lie in the future
    time: reported < nowText ? reported : nowText,
    agent: draft.agent,
    run: draft.run,
    actor: draft.actor,
    data: draft.data,
  } as LogEvent;
}

/** The repeated and the new events in the order of the request. One that occurs twice is answered twice. */
function inRequestOrder(
  command: Command,
  repeated: readonly LogEvent[],
  fresh: readonly LogEvent[],
): readonly LogEvent[] {
  if (command.type !== 'report' || command.events.length === fresh.length) {
    return [...repeated, ...fresh];
  }
  const byId = new Map([...repeated, ...fresh].map((event) => [event.id, event]));
  const chosen = new Set(clientIds(command));
  const others = fresh.filter(({ id }) => !chosen.has(id))[Symbol.iterator]();
  return command.events.flatMap(
    ({ id }) => (id === undefined ? others.next().value : byId.get(id)) ?? [],
  );
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
