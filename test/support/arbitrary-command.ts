/** Any command about a few agents, users, runners and runs, so that they get into each other's way. */
import fc from 'fast-check';
import type { Actor, Command, ReportedEvent } from '../../protocol/decide/command.ts';
import { ADMIN, ALICE, BOB, uuid } from './fleet.ts';

const agent = fc.constantFrom('a', 'b', 'c');
const runner = fc.constantFrom('r1', 'r2');
const run = fc.constantFrom(uuid(901), uuid(902), uuid(903), uuid(904), uuid(905));
const generation = fc.integer({ min: 1, max: 4 });
const connection = fc.record({ runner, generation });
const capabilities = fc.subarray(['run', 'cancel', 'pause', 'prompt'] as const);
const budget = fc.record(
  { costUsdPerRun: fc.nat(), tokensPerDay: fc.nat(), stop: fc.boolean() },
  { requiredKeys: [] },
);
const message = fc.string({ maxLength: 20 });
const step = fc.constantFrom('build', 'test');
/** As MemoryLog names events by their position, a request for an approval is among these now and then. */
const anyEvent = fc.integer({ min: 1, max: 40 }).map(uuid);

const reported: fc.Arbitrary<ReportedEvent> = fc
  .tuple(
    agent,
    fc.option(run, { nil: undefined, freq: 12 }),
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ type: fc.constant('run.started'), data: fc.constant({}) }),
      },
      fc.record({
        type: fc.constant('run.progress'),
        data: fc.record({ value: fc.double({ min: -0.1, max: 1.1, noNaN: true }), message }),
      }),
      fc.record({ type: fc.constant('run.phase'), data: fc.record({ name: message }) }),
      fc.record({ type: fc.constant('run.succeeded'), data: fc.constant({}) }),
      fc.record({
        type: fc.constant('run.failed'),
        data: fc.record({ reason: fc.constantFrom('exit', 'signal', 'lost'), message }),
      }),
      fc.record({
        type: fc.constantFrom('run.cancelled', 'run.paused', 'run.resumed'),
        data: fc.constant({}),
      }),
      fc.record({ type: fc.constant('step.started'), data: fc.record({ step, name: step }) }),
      fc.record({ type: fc.constant('step.completed'), data: fc.record({ step }) }),
      fc.record({ type: fc.constant('step.failed'), data: fc.record({ step, message }) }),
      fc.record({ type: fc.constant('step.progress'), data: fc.record({ step, message }) }),
      fc.record({
        type: fc.constant('metric.reported'),
        data: fc.record(
          { name: step, value: fc.integer(), objective: fc.constantFrom('min', 'max') },
          { requiredKeys: ['name', 'value'] },
        ),
      }),
      fc.record({
        type: fc.constant('usage.reported'),
        data: fc.record({ inputTokens: fc.nat(), costUsd: fc.nat() }, { requiredKeys: [] }),
      }),
      fc.record({
        type: fc.constant('approval.requested'),
        data: fc.record({
          kind: fc.constantFrom('permission', 'question'),
          title: step,
          choices: fc.constant([{ id: 'allow', label: 'Allow' }]),
          hash: fc.constant('0'.repeat(64)),
        }),
      }),
      fc.record({
        type: fc.constant('approval.withdrawn'),
        data: fc.record({ approval: anyEvent, reason: fc.constant('no-longer-needed') }),
      }),
      fc.record({
        type: fc.constant('run.output'),
        data: fc.record({ stream: fc.constantFrom('stdout', 'stderr'), text: message }),
      }),
      fc.record({ type: fc.constant('error.reported'), data: fc.record({ message }) }),
      fc.record({
        type: fc.constantFrom('run.requested', 'agent.removed', 'nonsense', 'constructor'),
        data: fc.constant({}),
      }),
    ),
  )
  .map(([ofAgent, ofRun, { type, data }]) => ({ agent: ofAgent, run: ofRun, type, data }));

export const arbitraryActor: fc.Arbitrary<Actor> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(ALICE) },
  fc.constantFrom(BOB, ADMIN),
);

export const arbitraryCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    type: fc.constant('start-service'),
    instance: fc.constant('i-1'),
    version: fc.constant('1.0.0'),
    alive: fc.subarray(['i-1', 'i-2']),
  }),
  fc.record({
    type: fc.constant('stop-service'),
    instance: fc.constantFrom('i-1', 'i-2'),
    reason: fc.constantFrom('shutdown', 'lost'),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('register-agent'),
      agent,
      profile: fc.record(
        {
          name: fc.constantFrom('One', 'Two'),
          capabilities,
          maxConcurrentRuns: fc.integer({ min: 1, max: 3 }),
          budget,
          tags: fc.subarray(['ci', 'nightly']),
        },
        { requiredKeys: ['name', 'capabilities'] },
      ),
    }),
  },
  fc.record({ type: fc.constant('remove-agent'), agent }),
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('connect'),
      runner,
      agents: fc.uniqueArray(agent, { minLength: 1 }),
      instance: fc.constantFrom('i-1', 'i-2'),
    }),
  },
  fc.record({
    type: fc.constant('disconnect'),
    connection,
    reason: fc.constantFrom('goodbye', 'connection-lost', 'ended', 'heartbeat-timeout'),
  }),
  fc.record({ type: fc.constant('lose-run'), run, message }),
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('request-run'),
      agent,
      run,
      request: fc.record({ prompt: message, retryOf: run }, { requiredKeys: [] }),
      queue: fc.boolean(),
    }),
  },
  fc.record({ type: fc.constantFrom('cancel-run', 'pause-run', 'resume-run'), run }),
  fc.record({
    type: fc.constantFrom('acknowledge', 'unacknowledge'),
    agent,
    attention: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({
    type: fc.constant('withdraw-approval'),
    approval: anyEvent,
    reason: fc.constant('asker-gone'),
  }),
  {
    weight: 2,
    arbitrary: fc.record(
      {
        type: fc.constant('decide-approval'),
        approval: anyEvent,
        choice: fc.constantFrom('allow', 'nonsense'),
        text: message,
        hash: fc.constantFrom('0'.repeat(64), '1'.repeat(64)),
      },
      { requiredKeys: ['type', 'approval', 'hash'] },
    ),
  },
  fc.record({ type: fc.constant('expire-approval'), approval: anyEvent }),
  {
    weight: 8,
    arbitrary: fc.record(
      {
        type: fc.constant('report'),
        events: fc.array(reported, { minLength: 1, maxLength: 4 }),
        connection,
      },
      { requiredKeys: ['type', 'events'] },
    ),
  },
);
