/** Events that agents report. */
import * as z from 'zod/mini';
import { reportSchema } from '../../../protocol/events/event.ts';
import type { ReportAnswer } from '../../../protocol/wire/messages.ts';
import { cloudEventSchema } from '../../adapters/webhooks/cloud-events.ts';
import { eventsOf, report } from '../append.ts';
import { AGENT, exampleEvent, RUN } from '../openapi/examples.ts';
import { readReport } from '../report-body.ts';
import { jsonAnswer, route } from '../route.ts';

const { type, agent, run, data } = exampleEvent;
const event = { type, agent, run, data };
const cloudEvent = {
  specversion: '1.0',
  id: '7',
  source: '/ci/nightly',
  ...event,
  type: `dev.agentlight.${type}`,
};

export const eventRoutes = [
  route({
    id: 'reportEvents',
    at: 'POST /v1/events',
    summary: 'Report events; either all are stored or none',
    scopes: ['report'],
    body: {
      schema: reportSchema,
      example: { events: [event, { type: 'run.succeeded', agent: AGENT, run: RUN }] },
      others: {
        'application/cloudevents+json': { schema: cloudEventSchema, example: cloudEvent },
        'application/cloudevents-batch+json': {
          schema: z.array(cloudEventSchema),
          example: [cloudEvent],
        },
        'application/x-ndjson': { schema: z.string(), example: `${JSON.stringify(event)}\n` },
      },
      read: readReport,
    },
    answers: { 200: jsonAnswer('ReportAnswer', 'The events are stored.') },
    problems: [
      'unknown-agent',
      'unknown-run',
      'not-owner',
      'run-finished',
      'illegal-transition',
      'stale-connection',
      'id-reused',
      'too-many-approvals',
    ],
    async handle({ actor, body: { events, connection } }, services) {
      const stored = eventsOf(await report(services, events, actor, connection));
      return { events: stored.map(({ id, seq }) => ({ id, seq })) } satisfies ReportAnswer;
    },
  }),
];
