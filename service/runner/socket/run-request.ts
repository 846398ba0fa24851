/** Parses the requests that commands send to the socket of their run. */
import * as z from 'zod/mini';
import type { EventData, EventType } from '../../../protocol/events/event.ts';
import { EVENT_KINDS, isEventType } from '../../../protocol/events/event.ts';
import { uuidSchema } from '../../../protocol/wire/ids.ts';
import type { ParsedEvent } from '../../adapters/output/output-parser.ts';

export type RunSocketRequest =
  | { readonly run: string; readonly event: ParsedEvent }
  | { readonly run: string; readonly question: EventData<'approval.requested'> }
  | { readonly problem: { readonly type: string; readonly detail: string } };

/** Events that only the runner reports, or that have their own request. */
const RUNNER_ONLY: ReadonlySet<EventType> = new Set<EventType>([
  'run.started',
  'run.succeeded',
  'run.failed',
  'run.cancelled',
  'run.paused',
  'run.resumed',
  'run.output',
  'approval.requested',
  'approval.withdrawn',
]);

const requestSchema = z.union([
  z.strictObject({
    run: uuidSchema,
    say: z.strictObject({
      type: z.string(),
      data: z._default(z.record(z.string(), z.unknown()), {}),
    }),
  }),
  z.strictObject({ run: uuidSchema, ask: EVENT_KINDS['approval.requested'].schema }),
]);

export function readRunRequest(text: string): RunSocketRequest {
  const parsed = requestSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    return invalid('A request is {"run", "say": {"type", "data"}} or {"run", "ask": {…}}.');
  }
  const request = parsed.data;
  if ('ask' in request) return { run: request.run, question: request.ask };
  const event = parseRunEvent(request.say.type, request.say.data);
  return typeof event === 'string' ? invalid(event) : { run: request.run, event };
}

/** An event that a command reports about its run, or the reason why it is invalid. */
export function parseRunEvent(type: string, data: unknown): ParsedEvent | string {
  if (!isEventType(type) || EVENT_KINDS[type].from !== 'runner' || RUNNER_ONLY.has(type)) {
    return `A command can't report "${type.slice(0, 60)}" for its own run.`;
  }
  const checked = EVENT_KINDS[type].schema.safeParse(data);
  if (checked.success) return { type, data: checked.data } as ParsedEvent;
  const [issue] = checked.error.issues;
  return `${['data', ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'is not valid'}.`;
}

function invalid(detail: string): RunSocketRequest {
  return { problem: { type: 'invalid-request', detail } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
