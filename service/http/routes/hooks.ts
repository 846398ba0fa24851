/** Hooks of coding agents: their events arrive unchanged and are translated here. */
import * as z from 'zod/mini';
import { uuidSchema } from '../../../protocol/wire/ids.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import { translateHook } from '../../adapters/hooks/hooks.ts';
import type { HookTool } from '../../adapters/hooks/hook-tool.ts';
import { recordHook } from '../../intake/hooks.ts';
import { RUN } from '../openapi/examples.ts';
import { resultOrThrow } from '../problem.ts';
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
    async handle({ actor, query: { host, waitMs, parent }, body }, services) {
      const expiresAt =
        waitMs === undefined ? undefined : new Date(Date.now() + waitMs).toISOString();
      const translation = translateHook(tool, body, { host, expiresAt, parent });
      return resultOrThrow(await recordHook(services, translation, actor));
    },
  });
}
