/** Reading the history: runs newest first, what happened in one of them, and an agent's connections. */
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { uptimeOf } from '../../protocol/wire/connections.ts';
import type { RunStatus } from '../../protocol/fleet/fleet.ts';
import { agentIdSchema, uuidSchema } from '../../protocol/wire/ids.ts';
import type {
  ConnectionsAnswer,
  RunEventsAnswer,
  RunsAnswer,
} from '../../protocol/wire/messages.ts';
import { readConnections, readRunEvents, readRunPage } from '../log/history.ts';
import { readRuns } from '../log/store.ts';
import type { Http, Services } from './context.ts';
import { requireScope } from './guards.ts';
import { check } from './input.ts';
import { refuse } from './problem-error.ts';

const DEFAULT_CONNECTIONS = 50;
/** More in a week than this is a broken connection, whose share is then that of the newest ones. */
const MAX_UPTIME_CONNECTIONS = 10_000;
const UPTIME_MS = 7 * 24 * 3_600_000;
const DEFAULT_RUNS = 50;
const MAX_RUNS = 200;
const DEFAULT_EVENTS = 1_000;
const MAX_EVENTS = 5_000;

const STATUSES: Record<RunStatus, true> = {
  queued: true,
  requested: true,
  running: true,
  paused: true,
  succeeded: true,
  failed: true,
  cancelled: true,
};
const statusSchema = z.enum(Object.keys(STATUSES) as [RunStatus, ...RunStatus[]]);

const position = z.string().check(z.regex(/^\d{1,15}$/, 'must be a position of the log'));
const limitUpTo = (max: number) =>
  z.string().check(
    z.regex(/^[1-9]\d{0,5}$/, 'must be a number'),
    z.refine((text) => Number(text) <= max, { error: `must be at most ${max}` }),
  );
const once = <T extends z.ZodMiniType>(schema: T) => z.optional(z.tuple([schema]));

export const runsQuery = z.strictObject({
  agent: z.optional(z.array(agentIdSchema).check(z.maxLength(200))),
  status: z.optional(z.array(statusSchema)),
  /** The `before` of the last answer: what comes behind it. */
  before: once(position),
  /** Default 50. */
  limit: once(limitUpTo(MAX_RUNS)),
});

export const connectionsQuery = z.strictObject({
  /** The `before` of the last answer: what comes behind it. */
  before: once(position),
  /** Default 50. */
  limit: once(limitUpTo(MAX_RUNS)),
});

export const runEventsQuery = z.strictObject({
  /** The `after` of the last answer: what comes behind it. */
  after: once(position),
  /** Default 1,000. */
  limit: once(limitUpTo(MAX_EVENTS)),
});

export function historyRoutes({ log, sql }: Services): Hono<Http> {
  const routes = new Hono<Http>();

  routes.get('/runs', requireScope('read', 'operate', 'report'), async (c) => {
    const query = check(runsQuery, c.req.queries(), 'query');
    const limit = Number(query.limit?.[0] ?? DEFAULT_RUNS);
    const before = query.before && Number(query.before[0]);
    const runs = await readRunPage(sql, {
      agents: query.agent,
      statuses: query.status,
      before,
      limit,
    });
    const last = runs.at(-1);
    const answer: RunsAnswer = {
      runs,
      ...(last && runs.length === limit && { before: last.seq }),
    };
    return c.json(answer);
  });

  routes.get('/agents/:id/connections', requireScope('read', 'operate', 'report'), async (c) => {
    const agent = check(agentIdSchema, c.req.param('id'), 'path.id');
    const query = check(connectionsQuery, c.req.queries(), 'query');
    if (!log.fleet.agents[agent]) refuse('unknown-agent', `There is no agent "${agent}".`);
    const limit = Number(query.limit?.[0] ?? DEFAULT_CONNECTIONS);
    const before = query.before && Number(query.before[0]);
    const nowMs = Date.now();
    const [connections, ofWeek] = await Promise.all([
      readConnections(sql, { agent, before, endedAfter: undefined, limit }),
      readConnections(sql, {
        agent,
        before: undefined,
        endedAfter: new Date(nowMs - UPTIME_MS).toISOString(),
        limit: MAX_UPTIME_CONNECTIONS,
      }),
    ]);
    const uptime = uptimeOf(ofWeek, nowMs, UPTIME_MS);
    const last = connections.at(-1);
    const answer: ConnectionsAnswer = {
      connections,
      ...(uptime && { uptime }),
      ...(last && connections.length === limit && { before: last.seq }),
    };
    return c.json(answer);
  });

  routes.get('/runs/:id/events', requireScope('read', 'operate', 'report'), async (c) => {
    const run = check(uuidSchema, c.req.param('id'), 'path.id');
    const query = check(runEventsQuery, c.req.queries(), 'query');
    const limit = Number(query.limit?.[0] ?? DEFAULT_EVENTS);
    const after = Number(query.after?.[0] ?? 0);
    const events = await readRunEvents(sql, { run, after, limit });
    if (events.length === 0) await refuseUnknown(run);
    const last = events.at(-1);
    const answer: RunEventsAnswer = {
      events,
      ...(last && events.length === limit && { after: last.seq }),
    };
    return c.json(answer);
  });

  async function refuseUnknown(run: string): Promise<void> {
    if (log.fleet.runs[run]) return;
    const [known] = await readRuns(sql, [run]);
    if (!known) refuse('unknown-run', `There is no run ${run}.`);
  }

  return routes;
}
