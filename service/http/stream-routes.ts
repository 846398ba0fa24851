/** The stream for everyone who watches, and the fleet for those who only want to look once. */
import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Cursor } from '../../protocol/cursor.ts';
import { formatCursor, parseCursor } from '../../protocol/cursor.ts';
import { agentIdSchema, uuidSchema } from '../../protocol/ids.ts';
import type { Snapshot } from '../../protocol/wire.ts';
import { startPoint } from '../stream/start-point.ts';
import type { Http, Services } from './context.ts';
import { requireScope } from './guards.ts';
import { check } from './input.ts';
import { refuse } from './problem-error.ts';
import { refuseTooManyStreams, respondWithStream, streamHead } from './stream-response.ts';

const flag = z.optional(z.enum(['0', '1', 'true', 'false', '']));
const isOn = (value: string | undefined) => value === '1' || value === 'true' || value === '';

const streamQuery = z.strictObject({
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
  detail: z.optional(z.tuple([flag])),
  once: z.optional(z.tuple([flag])),
});

export function streamRoutes(services: Services): Hono<Http> {
  const { log, config } = services;
  const routes = new Hono<Http>();

  routes.get('/snapshot', requireScope('read', 'report'), (c) => {
    const { epoch, fleet } = log;
    const cursor = formatCursor({ epoch, seq: fleet.seq });
    const snapshot: Snapshot = { cursor, time: new Date().toISOString(), fleet };
    return c.json(snapshot);
  });

  routes.get('/stream', requireScope('read', 'report'), (c) => {
    const query = check(streamQuery, c.req.queries(), 'query');
    const cursor = readCursor(c.req.header('last-event-id') || query.cursor?.[0]);
    if (c.req.method === 'HEAD') return streamHead();
    refuseTooManyStreams(services);
    const [run] = query.run ?? [];
    const filter = {
      agents: query.agent,
      run,
      types: query.type,
      // a stream about one run is for looking at that run
      detail: run !== undefined || (query.detail !== undefined && isOn(query.detail[0])),
    };
    const start = startPoint(cursor, {
      epoch: log.epoch,
      headSeq: log.fleet.seq,
      floorSeq: filter.detail ? log.floors.detailFloor : log.floors.floor,
      replayMaxEvents: config.replayMaxEvents,
    });
    const once = query.once !== undefined && isOn(query.once[0]);
    return respondWithStream(c, services, { filter, start, once });
  });

  return routes;
}

/** @throws ProblemError invalid-cursor. */
export function readCursor(text: string | undefined): Cursor | 'earliest' | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === 'earliest') return 'earliest';
  return (
    parseCursor(text) ??
    refuse(
      'invalid-cursor',
      'A cursor is the id of an earlier message, such as 3f9a1c04d2b7.42, or "earliest". Leave it out to begin with a snapshot.',
    )
  );
}
