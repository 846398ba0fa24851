/** The stream for everyone who watches, and the fleet for those who only want to look once. */
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { formatCursor } from '../../protocol/wire/cursor.ts';
import { agentIdSchema, uuidSchema } from '../../protocol/wire/ids.ts';
import type { Snapshot } from '../../protocol/wire/messages.ts';
import type { Http, Services } from './context.ts';
import { findStart, readCursor } from './cursor.ts';
import { requireScope } from './guards.ts';
import { check } from './input.ts';
import { refuseTooManyStreams, respondWithStream, streamHead } from './stream-response.ts';

const flag = z.optional(z.enum(['0', '1', 'true', 'false', '']));
const isOn = (value: string | undefined) => value === '1' || value === 'true' || value === '';

export const streamQuery = z.strictObject({
  agent: z.optional(z.array(agentIdSchema).check(z.maxLength(100))),
  run: z.optional(z.tuple([uuidSchema])),
  type: z.optional(
    z
      .array(
        z.string().check(z.regex(/^[a-z][a-z_.]{0,62}$/, 'must be a type or the start of one')),
      )
      .check(z.maxLength(20)),
  ),
  cursor: z.optional(z.tuple([z.string()])),
  /** For clients that can't send headers. */
  token: z.optional(z.tuple([z.string()])),
  detail: z.optional(z.tuple([flag])),
  once: z.optional(z.tuple([flag])),
});

export function streamRoutes(services: Services): Hono<Http> {
  const { log } = services;
  const routes = new Hono<Http>();

  routes.get('/snapshot', requireScope('read', 'report'), (c) => {
    const { epoch, fleet } = log;
    const cursor = formatCursor({ epoch, seq: fleet.seq });
    const snapshot: Snapshot = { cursor, time: new Date().toISOString(), fleet };
    return c.json(snapshot);
  });

  routes.get('/stream', requireScope('read', 'report'), async (c) => {
    const query = check(streamQuery, c.req.queries(), 'query');
    const cursor = readCursor(c.req.header('last-event-id') || query.cursor?.[0]);
    if (c.req.method === 'HEAD') return streamHead();
    refuseTooManyStreams(services, c.get('token'));
    const [run] = query.run ?? [];
    const filter = {
      agents: query.agent,
      run,
      types: query.type,
      // a stream about one run is for looking at that run
      detail: run !== undefined || (query.detail !== undefined && isOn(query.detail[0])),
    };
    const start = await findStart(services, cursor, filter.detail);
    const once = query.once !== undefined && isOn(query.once[0]);
    return respondWithStream(c, services, { filter, start, once });
  });

  return routes;
}
