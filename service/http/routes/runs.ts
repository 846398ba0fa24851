/** Requesting, reading and controlling runs. */
import * as z from 'zod/mini';
import type { Actor, CommandOf } from '../../../protocol/decide/command.ts';
import type { LogEvent } from '../../../protocol/events/event.ts';
import { retryBodySchema, runBodySchema } from '../../../protocol/events/run.ts';
import { isFinal } from '../../../protocol/fleet/fleet.ts';
import { runStatusSchema } from '../../../protocol/wire/answers.ts';
import { agentIdSchema } from '../../../protocol/wire/ids.ts';
import type { RunAnswer } from '../../../protocol/wire/messages.ts';
import { IDEMPOTENCY_KEY } from '../../../protocol/wire/messages.ts';
import { derivedId } from '../../adapters/webhooks/derived-id.ts';
import { errorsOfParameters } from '../../intake/run-parameters.ts';
import { readRunEvents, readRunPage } from '../../log/history.ts';
import { readRunsById } from '../../log/store.ts';
import type { Services } from '../context.ts';
import { throwInvalid } from '../input.ts';
import { throwProblem, resultOrThrow } from '../problem.ts';
import { integerUpTo, nextPage, position } from '../query.ts';
import type { Route } from '../route.ts';
import { agentPath, jsonAnswer, optionalJsonBody, route, uuidPath } from '../route.ts';

const DEFAULT_RUNS = 50;
const MAX_RUNS = 200;
const DEFAULT_EVENTS = 1_000;
const MAX_EVENTS = 5_000;

const CONTROL_PROBLEMS = ['unknown-run', 'run-finished', 'not-owner', 'not-supported'] as const;
const REQUEST_PROBLEMS = ['already-running', 'agent-offline', 'queue-full', 'id-reused'] as const;

const idempotency = z.object({
  [IDEMPOTENCY_KEY]: z.optional(
    z
      .string()
      .check(
        z.regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters'),
        z.describe('A repeated request with the same key returns the same run.'),
      ),
  ),
});

export const runRoutes = [
  route({
    id: 'requestRun',
    at: 'POST /v1/agents/:id/runs',
    summary: 'Request a run of an agent',
    scopes: ['operate'],
    params: agentPath,
    headers: idempotency,
    body: optionalJsonBody(runBodySchema, { prompt: 'Fix the flaky test' }),
    answers: { 202: jsonAnswer('RunAnswer', 'The run was requested or queued.') },
    problems: ['unknown-agent', 'not-owner', 'not-supported', ...REQUEST_PROBLEMS],
    handle({ actor, params: { id: agent }, headers, body }, services) {
      const { queue, ...request } = body;
      const errors = errorsOfParameters(services.log.fleet.agents[agent] ?? {}, request);
      if (errors.length > 0) throwInvalid(errors);
      const key = headers[IDEMPOTENCY_KEY];
      return requestRun(services, { agent, request, queue, key }, actor);
    },
  }),
  route({
    id: 'listRuns',
    at: 'GET /v1/runs',
    summary: 'List runs, newest first',
    scopes: ['read', 'operate', 'report'],
    query: z.strictObject({
      agent: z.optional(z.array(agentIdSchema).check(z.maxLength(200))),
      status: z.optional(z.array(runStatusSchema)),
      before: z.optional(position.check(z.describe('`before` of the previous page.'))),
      limit: z._default(integerUpTo(MAX_RUNS, 1), DEFAULT_RUNS),
    }),
    answers: { 200: jsonAnswer('RunsAnswer', 'One page.') },
    async handle({ query: { agent: agents, status: statuses, before, limit } }, { sql }) {
      const runs = await readRunPage(sql, { agents, statuses, before, limit });
      return { runs, ...nextPage('before', runs, limit) };
    },
  }),
  route({
    id: 'listRunEvents',
    at: 'GET /v1/runs/:id/events',
    summary: 'List the events of a run, output included, oldest first',
    scopes: ['read', 'operate', 'report'],
    params: uuidPath,
    query: z.strictObject({
      after: z.optional(position.check(z.describe('`after` of the previous page.'))),
      limit: z._default(integerUpTo(MAX_EVENTS, 1), DEFAULT_EVENTS),
    }),
    answers: { 200: jsonAnswer('RunEventsAnswer', 'One page.') },
    problems: ['unknown-run'],
    async handle({ params: { id: run }, query: { after = 0, limit } }, services) {
      const events = await readRunEvents(services.sql, { run, after, limit });
      if (events.length === 0) await readRun(services, run);
      return { events, ...nextPage('after', events, limit) };
    },
  }),
  route({
    id: 'getRun',
    at: 'GET /v1/runs/:id',
    summary: 'Read a run',
    scopes: ['read', 'operate', 'report'],
    params: uuidPath,
    answers: { 200: jsonAnswer('RunAnswer', 'The run, live or finished.') },
    problems: ['unknown-run'],
    handle: ({ params: { id } }, services) => readRun(services, id),
  }),
  controlRoute('cancelRun', 'cancel', 'Request cancellation of a run'),
  controlRoute('pauseRun', 'pause', 'Request that a run pauses'),
  controlRoute('resumeRun', 'resume', 'Request that a paused run resumes'),
  route({
    id: 'retryRun',
    at: 'POST /v1/runs/:id/retry',
    summary: 'Request a new run that repeats a finished one',
    scopes: ['operate'],
    params: uuidPath,
    headers: idempotency,
    body: optionalJsonBody(retryBodySchema, { queue: true }),
    answers: { 202: jsonAnswer('RunAnswer', 'The new run was requested or queued.') },
    problems: [...CONTROL_PROBLEMS, 'illegal-transition', ...REQUEST_PROBLEMS],
    async handle({ actor, params: { id }, headers, body: { queue } }, services) {
      const { run } = await readRun(services, id);
      if (!isFinal(run.status)) {
        const detail = `Run ${id} is ${run.status}. Only a finished run can be repeated.`;
        throwProblem('illegal-transition', detail);
      }
      const { agent, params, prompt, timeoutMs, parent } = run;
      const request = {
        ...(params && { params }),
        ...(prompt !== undefined && { prompt }),
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(parent !== undefined && { parent }),
        retryOf: id,
      };
      const key = headers[IDEMPOTENCY_KEY];
      return requestRun(services, { agent, request, queue, key }, actor);
    },
  }),
];

function controlRoute(id: string, action: 'cancel' | 'pause' | 'resume', summary: string): Route {
  return route({
    id,
    at: `POST /v1/runs/:id/${action}`,
    summary,
    scopes: ['operate'],
    params: uuidPath,
    answers: { 202: jsonAnswer('RunAnswer', 'The request will be sent to the runner.') },
    problems: [
      ...CONTROL_PROBLEMS,
      ...(action === 'cancel' ? [] : ['illegal-transition' as const]),
    ],
    handle: ({ actor, params: { id: run } }, services) =>
      controlRun(services, { type: `${action}-run`, run }, actor),
  });
}

async function controlRun(
  services: Services,
  command: CommandOf<'cancel-run' | 'pause-run' | 'resume-run'>,
  actor: Actor,
): Promise<RunAnswer> {
  const { run } = await readRun(services, command.run);
  // the fleet holds only live runs and the newest finished one of each agent
  if (!services.log.fleet.runs[run.id]) {
    const detail = `Run ${run.id} has already ${run.status}.`;
    throwProblem('run-finished', detail, { extra: { run: run.id } });
  }
  resultOrThrow(await services.log.append(command, actor));
  return readRun(services, run.id);
}

async function requestRun(
  services: Services,
  {
    key,
    ...wanted
  }: Pick<CommandOf<'request-run'>, 'agent' | 'request' | 'queue'> & { key: string | undefined },
  actor: Actor,
): Promise<RunAnswer> {
  // the log recognises a repeated request by the id of its event
  const event = key === undefined ? {} : { event: derivedId('idempotency-key', actor.user, key) };
  const run = services.newId();
  const { events } = resultOrThrow(
    await services.log.append({ type: 'request-run', run, ...wanted, ...event }, actor),
  );
  // the run of the first request, if this one repeats it
  return readRun(services, (events[0] as LogEvent).run as string);
}

/** @throws HttpProblem if there is no such run. */
async function readRun({ log, sql }: Services, id: string): Promise<RunAnswer> {
  const run = log.fleet.runs[id] ?? (await readRunsById(sql, [id]))[0];
  return run ? { run } : throwProblem('unknown-run', `There is no run ${id}.`);
}
