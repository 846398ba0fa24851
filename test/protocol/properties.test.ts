/** Invariants after any sequence of commands by any users. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDetail } from '../../protocol/events/detail.ts';
import { EVENT_KINDS } from '../../protocol/events/event.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Fleet, Run } from '../../protocol/fleet/fleet.ts';
import {
  activeRuns,
  EMPTY_FLEET,
  isFinal,
  isPresumedLost,
  queuedRuns,
} from '../../protocol/fleet/fleet.ts';
import { fold } from '../../protocol/fleet/fold.ts';
import { RECENT_OUTCOMES } from '../../protocol/wire/limits.ts';
import { PROBLEMS } from '../../protocol/wire/problem.ts';
import { attentionOf, statusOf } from '../../protocol/fleet/status.ts';
import { arbitraryActor, arbitraryCommand } from '../support/arbitrary-command.ts';
import { MemoryLog } from '../support/fleet.ts';

const arbitrarySteps = fc.array(fc.tuple(arbitraryCommand, arbitraryActor), { maxLength: 60 });

test('no sequence of commands reaches an illegal state', () => {
  fc.assert(
    fc.property(arbitrarySteps, (steps) => {
      const log = new MemoryLog();
      for (const [command, actor] of steps) {
        const before = freeze(log.fleet);
        const problem = log.apply(command, actor);
        expectLegal(log.fleet);
        expectLegalStep(before, log.fleet);
        if (problem) {
          expect(log.fleet).toBe(before);
          expect(PROBLEMS).toHaveProperty([problem.type]);
          expect(problem.detail).toMatch(/\S.*[.)]$/s);
        }
      }
      expectGapless(log.events);
    }),
    { numRuns: 500 },
  );
});

test('every decided event satisfies the schema of its type', () => {
  fc.assert(
    fc.property(arbitrarySteps, (steps) => {
      const log = new MemoryLog();
      for (const [command, actor] of steps) log.apply(command, actor);
      for (const { type, data, run } of log.events) {
        const kind = EVENT_KINDS[type];
        expect(kind.schema.safeParse(data).success).toBe(true);
        expect(run !== undefined || !kind.run).toBe(true);
      }
    }),
  );
});

test('folding events at once or in chunks gives the same fleet', () => {
  fc.assert(
    fc.property(
      arbitrarySteps,
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (steps, sizes) => {
        const log = new MemoryLog();
        for (const [command, actor] of steps) log.apply(command, actor);
        let inChunks: Fleet = EMPTY_FLEET;
        for (let at = 0; at < log.events.length; ) {
          const size = sizes.next().value as number;
          inChunks = fold(freeze(inChunks), log.events.slice(at, at + size));
          at += size;
        }
        expect(inChunks).toEqual(log.fleet);
        expect(fold(EMPTY_FLEET, log.events)).toEqual(log.fleet);
      },
    ),
  );
});

test('folding without high-volume events gives the same agents and runs', () => {
  fc.assert(
    fc.property(arbitrarySteps, (steps) => {
      const log = new MemoryLog();
      for (const [command, actor] of steps) log.apply(command, actor);
      const { agents, runs } = fold(
        EMPTY_FLEET,
        log.events.filter(({ type }) => !isDetail(type)),
      );
      expect({ agents, runs }).toEqual({ agents: log.fleet.agents, runs: log.fleet.runs });
    }),
  );
});

test('events that do not apply, or have an unknown type, only advance the position', () => {
  const inapplicable = fc.record({
    type: fc.constantFrom(
      'run.started',
      'run.succeeded',
      'run.lost',
      'agent.updated',
      'robot.danced',
    ),
    agent: fc.constantFrom('nobody', undefined),
    run: fc.constantFrom('no-run', undefined),
  });
  fc.assert(
    fc.property(arbitrarySteps, fc.array(inapplicable, { minLength: 1 }), (steps, extra) => {
      const log = new MemoryLog();
      for (const [command, actor] of steps) log.apply(command, actor);
      const { seq } = log.fleet;
      const events = extra.map((event, index) => ({
        ...event,
        seq: seq + 1 + index,
        id: 'x',
        time: '2026-01-31T12:00:00.000Z',
        data: {},
      })) as unknown as LogEvent[];
      expect(fold(log.fleet, events)).toEqual({ ...log.fleet, seq: seq + events.length });
    }),
  );
});

function expectLegal(fleet: Fleet): void {
  const known = new Set<string>();
  for (const [id, agent] of Object.entries(fleet.agents)) {
    expect(agent.id).toBe(id);
    expect(agent.recent.length).toBeLessThanOrEqual(RECENT_OUTCOMES);
    expect(agent.liveness !== 'live' || agent.runner !== undefined).toBe(true);
    for (const run of agent.runs) {
      expect(isFinal((fleet.runs[run] as Run).status)).toBe(false);
      expect(fleet.runs[run]?.agent).toBe(id);
      known.add(run);
    }
    if (agent.lastRun !== undefined) {
      expect(isFinal((fleet.runs[agent.lastRun] as Run).status)).toBe(true);
      known.add(agent.lastRun);
    }
    for (const { run } of agent.approvals ?? []) {
      expect(run === undefined || agent.lastRun !== run).toBe(true);
    }
    // no run is queued while the agent has room
    const hasQueue = queuedRuns(fleet, agent).length > 0;
    const canRun = agent.liveness === 'live' && agent.capabilities.includes('run');
    const active = activeRuns(fleet, agent).length;
    expect(hasQueue && canRun && active < (agent.maxConcurrentRuns ?? 1)).toBe(false);
    const attention = attentionOf(fleet, agent);
    expect(attention === undefined || attention.seq <= fleet.seq).toBe(true);
    expect(statusOf(fleet, agent)).toBeTypeOf('string');
  }
  expect(new Set(Object.keys(fleet.runs))).toEqual(known);
}

function expectLegalStep(before: Fleet, after: Fleet): void {
  expect(after.seq).toBeGreaterThanOrEqual(before.seq);
  for (const run of Object.values(before.runs)) {
    const now = after.runs[run.id];
    if (!now) continue;
    if (isFinal(run.status) && !isPresumedLost(run)) expect(now).toEqual(run);
    if (run.status === 'running') expect(now.status).not.toBe('requested');
  }
  for (const agent of Object.values(before.agents)) {
    const now = after.agents[agent.id];
    if (!now) continue;
    expect(now.generation).toBeGreaterThanOrEqual(agent.generation);
    expect(now.lastSeenAt >= agent.lastSeenAt).toBe(true);
  }
}

function expectGapless(events: readonly LogEvent[]): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
  return value;
}
