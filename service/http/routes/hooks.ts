/** Hooks of coding agents: their events arrive unchanged and are translated here. */
import * as z from 'zod/mini';
import type { Actor, ReportedEvent } from '../../../protocol/decide/command.ts';
import { uuidSchema } from '../../../protocol/wire/ids.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { HookAnswer } from '../../../protocol/wire/messages.ts';
import { translateHook } from '../../adapters/hooks/hooks.ts';
import type { HookTool } from '../../adapters/hooks/hook-tool.ts';
import type { HookTranslation } from '../../adapters/hooks/meaning.ts';
import { append, register, report, withdrawAnswered } from '../append.ts';
import type { Services } from '../context.ts';
import { RUN } from '../openapi/examples.ts';
import { throwProblem } from '../problem.ts';
import { integerUpTo } from '../query.ts';
import type { Route } from '../route.ts';
import { jsonAnswer, jsonBody, route } from '../route.ts';

const hookBody = z.looseObject({
  session_id: z.string().check(z.minLength(1), z.maxLength(200)),
  hook_event_name: z.string().check(z.maxLength(100)),
});

const hookQuery = z.strictObject({
  host: z.optional(
    z.string().check(z.maxLength(LIMITS.hostChars), z.describe('Display name of the machine.')),
  ),
  waitMs: z.optional(
    integerUpTo(99_999_999).check(
      z.describe('How long the hook can wait for an answer. Without it, nothing is asked.'),
    ),
  ),
  parent: z.optional(uuidSchema.check(z.describe('The run in which the session was started.'))),
});

export const hookRoutes = [
  hookRoute('takeClaudeCodeHook', 'claude-code', 'Receive a Claude Code hook event'),
  hookRoute('takeCodexHook', 'codex', 'Receive a Codex hook event'),
];

function hookRoute(id: string, tool: HookTool, summary: string): Route {
  return route({
    id,
    at: `POST /v1/hooks/${tool}`,
    summary,
    scopes: ['report'],
    query: hookQuery,
    body: jsonBody(hookBody, {
      session_id: RUN,
      hook_event_name: 'SessionStart',
      cwd: '/home/mira/api-server',
    }),
    answers: { 200: jsonAnswer('HookAnswer', 'Recorded. With `approval`, wait for its answer.') },
    problems: ['not-owner', 'too-many-approvals'],
    handle({ actor, query: { host, waitMs, parent }, body }, services) {
      const expiresAt =
        waitMs === undefined ? undefined : new Date(Date.now() + waitMs).toISOString();
      const translation = translateHook(tool, body, { host, expiresAt, parent });
      return recordHook(services, translation, actor);
    },
  });
}

async function recordHook(
  services: Services,
  translation: HookTranslation,
  actor: Actor,
): Promise<HookAnswer> {
  const { agent, run, reports, over, ask, startsAnew, hasEnded } = translation;
  const { log } = services;
  // an unchanged profile adds no event, but appending it would wait for a commit
  const known = log.fleet.agents[agent.id];
  if (known?.name !== agent.profile.name || known.host !== agent.profile.host) {
    await register(services, agent, actor);
  }
  if (over !== 'none') {
    await withdrawAnswered(services, agent.id, ({ hash }) => over === 'all' || hash === over.hash);
  }
  const events = reports.map(
    ({ type, id, data }): ReportedEvent => ({ type, id, agent: agent.id, run, data }),
  );
  await reportWhatFits(services, events, actor);
  if (hasEnded) await endRuns(services, translation, 'The session ended.', actor);
  if (startsAnew) await endRuns(services, translation, 'Interrupted in the terminal.', actor);
  if (!ask) return { agent: agent.id };
  const id = services.newId();
  const isLive = run !== undefined && log.fleet.runs[run] !== undefined;
  const question = { type: 'approval.requested', id, agent: agent.id, data: ask };
  const event = isLive ? { ...question, run } : question;
  await append(services, { type: 'report', events: [event] }, actor);
  services.askers.expect(id);
  return { agent: agent.id, approval: id };
}

/**
 * Hooks run side by side, so their events arrive in any order: the end of a tool after the end of its run, the start of
 * a run twice. Events that no longer fit are left out, and the others are stored.
 */
async function reportWhatFits(
  services: Services,
  events: readonly ReportedEvent[],
  actor: Actor,
): Promise<void> {
  let left = [...events];
  while (left.length > 0) {
    const { problem } = await report(services, left, actor);
    if (!problem) return;
    const index = problem.extra?.['index'];
    if (typeof index !== 'number') throwProblem(problem.type, problem.detail);
    left = left.toSpliced(index, 1);
  }
}

/** A session works on one prompt at a time, and on none after its end. No hook reports an interruption. */
async function endRuns(
  { log }: Services,
  { agent: { id: agent }, run: current, hasEnded }: HookTranslation,
  message: string,
  actor: Actor,
): Promise<void> {
  const events = (log.fleet.agents[agent]?.runs ?? [])
    .filter((run) => hasEnded || run !== current)
    .map((run): ReportedEvent => ({ type: 'run.cancelled', agent, run, data: { message } }));
  if (events.length > 0) await log.append({ type: 'report', events }, actor);
}
