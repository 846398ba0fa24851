/** The stream of the log, and the fleet for clients that do not stream. */
import * as z from 'zod/mini';
import { formatCursor } from '../../../protocol/wire/cursor.ts';
import { agentIdSchema, uuidSchema } from '../../../protocol/wire/ids.ts';
import type { Snapshot } from '../../../protocol/wire/messages.ts';
import { findStart } from '../../stream/start-point.ts';
import { readCursor } from '../cursor.ts';
import { flag } from '../query.ts';
import type { Answer } from '../route.ts';
import { jsonAnswer, route } from '../route.ts';
import { refuseTooManyStreams, respondWithStream, streamHead } from '../stream-response.ts';

export const STREAM_ANSWER: Answer = {
  description:
    'Server-Sent Events: `hello`, then a snapshot or the missed events, then live events. See docs/protocol.md.',
  mediaType: 'text/event-stream',
};

export const cursorHeader = z.object({
  'Last-Event-ID': z.optional(
    z.string().check(z.describe('A cursor; the stream continues after it.')),
  ),
});

const typePrefix = z
  .string()
  .check(z.regex(/^[a-z][a-z_.]{0,62}$/, 'must be a type or the start of one'));

export const streamRoutes = [
  route({
    id: 'getSnapshot',
    at: 'GET /v1/snapshot',
    summary: 'Read the current state and its cursor',
    scopes: ['read', 'report'],
    answers: { 200: jsonAnswer('Snapshot', 'The fleet.') },
    handle(_input, { log: { epoch, fleet } }) {
      const cursor = formatCursor({ epoch, seq: fleet.seq });
      return { cursor, time: new Date().toISOString(), fleet } satisfies Snapshot;
    },
  }),
  route({
    id: 'followStream',
    at: 'GET /v1/stream',
    summary: 'Follow the log as Server-Sent Events',
    scopes: ['read', 'report'],
    takesTokenInQuery: true,
    query: z.strictObject({
      agent: z.optional(z.array(agentIdSchema).check(z.maxLength(100))),
      run: z.optional(uuidSchema),
      type: z.optional(z.array(typePrefix).check(z.maxLength(20))),
      cursor: z.optional(z.string()),
      // polyfills of EventSource send the id in one of these, because they cannot set headers
      lastEventId: z.optional(z.string()),
      last_event_id: z.optional(z.string()),
      token: z.optional(z.string()),
      detail: z._default(flag, false),
      once: z._default(flag, false),
    }),
    headers: cursorHeader,
    answers: { 200: STREAM_ANSWER },
    problems: ['invalid-cursor', 'too-many-streams'],
    async handle({ c, query, headers }, services) {
      const { agent: agents, run, type: types, once } = query;
      const { lastEventId, last_event_id: lastId } = query;
      const cursor = readCursor(headers['Last-Event-ID'] || lastEventId || lastId || query.cursor);
      if (c.req.method === 'HEAD') return streamHead();
      refuseTooManyStreams(services, c.get('token'));
      // a stream of one run includes its details
      const detail = run !== undefined || query.detail;
      const start = await findStart(services, cursor, detail);
      const filter = { agents, run, types, detail };
      return respondWithStream(c, services, { filter, start, once });
    },
  }),
];
