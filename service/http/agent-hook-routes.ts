/** Hooks of coding agents: what they are called with comes as it is, and is translated here. */
import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Actor, ReportedEvent } from '../../protocol/decide/command.ts';
import { SERVICE_ACTOR } from '../../protocol/decide/command.ts';
import { uuidSchema } from '../../protocol/wire/ids.ts';
import { LIMITS } from '../../protocol/wire/limits.ts';
import type { HookAnswer } from '../../protocol/wire/messages.ts';
import type { HookTranslation } from '../adapters/hooks/meaning.ts';
import { HOOK_TOOLS } from '../adapters/hooks/hook-tool.ts';
import { translateHook } from '../adapters/hooks/hooks.ts';
import type { Http, Services } from './context.ts';
import { requireScope } from './guards.ts';
import { check, readBody } from './input.ts';
import { ProblemError, refuse } from './problem-error.ts';

export const hookInputSchema = z.looseObject({
  session_id: z.string().check(z.minLength(1), z.maxLength(200)),
  hook_event_name: z.string().check(z.maxLength(100)),
});

export const hookQuery = z.strictObject({
  /** The machine, as people call it. */
  host: z.optional(z.string().check(z.maxLength(LIMITS.hostChars))),
  /** How long the hook can wait for a person. Left out: not at all, and nothing is asked. */
  waitMs: z.optional(z.string().check(z.regex(/^\d{1,8}$/, 'must be a number of milliseconds'))),
  /** The run inside of which the session was started. */
  parent: z.optional(uuidSchema),
});

export function agentHookRoutes(services: Services): Hono<Http> {
  const routes = new Hono<Http>();
  for (const tool of HOOK_TOOLS) {
    routes.post(`/hooks/${tool}`, requireScope('report'), async (c) => {
      const input = await readBody(c, hookInputSchema);
      const query = check(hookQuery, c.req.query(), 'query');
      const meaning = translateHook(tool, input, context(query));
      return c.json(await take(services, meaning, c.get('actor')));
    });
  }
  return routes;
}

function context({ host, waitMs, parent }: z.infer<typeof hookQuery>) {
  const nowMs = Date.now();
  const expiresAt =
    waitMs === undefined ? undefined : new Date(nowMs + Number(waitMs)).toISOString();
  return { host, expiresAt, parent };
}

async function take(
  services: Services,
  meaning: HookTranslation,
  actor: Actor,
): Promise<HookAnswer> {
  const { agent, run, reports, over, ask, startsAnew, hasEnded } = meaning;
  await register(services, meaning, actor);
  await withdraw(services, agent.id, over);
  const events = reports.map(
    ({ type, id, data }): ReportedEvent => ({ type, id, agent: agent.id, run, data }),
  );
  await reportWhatFits(services, events, actor);
  if (hasEnded) await endRuns(services, meaning, 'The session ended.', actor);
  if (startsAnew) await endRuns(services, meaning, 'Interrupted in the terminal.', actor);
  if (!ask) return { agent: agent.id };
  const id = services.newId();
  const isLive = run !== undefined && services.log.fleet.runs[run] !== undefined;
  const asking = { type: 'approval.requested', id, agent: agent.id, data: ask };
  const event: ReportedEvent = isLive ? { ...asking, run } : asking;
  const { problem } = await services.log.append({ type: 'report', events: [event] }, actor);
  if (problem) throw new ProblemError(problem);
  services.askers.expect(id);
  return { agent: agent.id, approval: id };
}

async function register(
  { log }: Services,
  { agent }: HookTranslation,
  actor: Actor,
): Promise<void> {
  // the same profile again is no event, but a write would have to wait for its turn
  const known = log.fleet.agents[agent.id];
  if (known?.name === agent.profile.name && known.host === agent.profile.host) return;
  const { id, profile } = agent;
  const { problem } = await log.append({ type: 'register-agent', agent: id, profile }, actor);
  if (problem) throw new ProblemError(problem);
}

async function withdraw({ log }: Services, agent: string, over: HookTranslation['over']) {
  if (over === 'none') return;
  const open = log.fleet.agents[agent]?.approvals ?? [];
  const ended = over === 'all' ? open : open.filter(({ hash }) => hash === over.hash);
  for (const { id: approval } of ended) {
    const command = { type: 'withdraw-approval', approval, reason: 'answered-elsewhere' } as const;
    await log.append(command, SERVICE_ACTOR);
  }
}

/**
 * Hooks run side by side, so what they say may come in any order: a tool's end behind the end of its run, the
 * beginning of a run twice. What does not fit any more is left out, and the rest is kept.
 */
async function reportWhatFits(
  { conflation }: Services,
  events: readonly ReportedEvent[],
  actor: Actor,
): Promise<void> {
  let left = [...events];
  while (left.length > 0) {
    const { problem } = await conflation.append({ type: 'report', events: left }, actor);
    if (!problem) return;
    const index = problem.extra?.['index'];
    if (typeof index !== 'number') return refuse(problem.type, problem.detail);
    left = left.toSpliced(index, 1);
  }
}

/** A session works on one prompt at a time, and on none when it is over; interruptions have no hook of their own. */
async function endRuns(
  { log }: Services,
  { agent: { id: agent }, run: current, hasEnded }: HookTranslation,
  message: string,
  actor: Actor,
): Promise<void> {
  const runs = log.fleet.agents[agent]?.runs ?? [];
  const events = runs
    .filter((run) => hasEnded || run !== current)
    .map((run): ReportedEvent => ({ type: 'run.cancelled', agent, run, data: { message } }));
  if (events.length > 0) await log.append({ type: 'report', events }, actor);
}
