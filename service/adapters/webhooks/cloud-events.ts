/**
 * Translates CloudEvents to our events: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 *
 * `type` is our type with a prefix. The extension attributes `agent` and `run` name the agent and the run; without
 * `run`, `subject` names the run. Unknown attributes are extensions of others and are ignored.
 */
import * as z from 'zod/mini';
import type { ReportedEvent } from '../../../protocol/decide/command.ts';
import { agentIdSchema, uuidSchema } from '../../../protocol/wire/ids.ts';
import { isObject } from '../json.ts';
import { derivedId } from './derived-id.ts';

const TYPE_PREFIX = 'dev.agentlight.';

const someText = z.string().check(z.minLength(1), z.maxLength(1_000));

/** RFC 3339, with any offset. */
const timeSchema = z.string().check(
  z.regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i,
    'must be a time as of RFC 3339, such as 2026-01-31T12:00:00Z',
  ),
  z.refine((text) => !(new Date(text).getUTCFullYear() < 2000), 'must not be before the year 2000'),
  z.refine((text) => !Number.isNaN(Date.parse(text)), 'is not a valid time'),
);

export const cloudEventSchema = z.looseObject({
  specversion: z.literal('1.0', 'must be "1.0"'),
  id: someText,
  /** `source` and `id` together identify an event; a repeated event is stored once. */
  source: someText,
  type: someText.check(z.startsWith(TYPE_PREFIX, `must begin with ${TYPE_PREFIX}`)),
  time: z.optional(timeSchema),
  agent: agentIdSchema,
  run: z.optional(uuidSchema),
  subject: z.optional(someText),
  datacontenttype: z.optional(
    z
      .string()
      .check(z.regex(/^[\w.+-]+\/([\w.+-]*\+)?json\s*(;|$)/i, 'must be JSON, or be left out')),
  ),
  data: z.optional(z.record(z.string(), z.unknown())),
  data_base64: z.optional(z.string()),
});

/** The event, or why it is invalid. */
export type ReadEvent = { readonly event: ReportedEvent } | { readonly reason: string };

export function readCloudEvent(value: unknown): ReadEvent {
  const checked = cloudEventSchema.safeParse(withoutNulls(value));
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const at = issue?.path.join('.') || 'it';
    return { reason: `${at}: ${issue?.message ?? 'is not valid'}` };
  }
  const { id, source, type, agent, time, run, subject } = checked.data;
  const data = dataOf(checked.data);
  if (typeof data === 'string') return { reason: data };
  const subjectRun = uuidSchema.safeParse(subject);
  if (run === undefined && subject !== undefined && !subjectRun.success) {
    return { reason: 'subject: must be the UUID of a run, or "run" must be given' };
  }
  const event = {
    id: derivedId('cloudevents', source, id),
    type: type.slice(TYPE_PREFIX.length),
    agent,
    run: run ?? subjectRun.data,
    ...(time !== undefined && { time: new Date(time).toISOString() }),
    data,
  };
  return { event };
}

/** A member that is null is unset: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
function withoutNulls(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

/** The data; a string says what is wrong with it. */
function dataOf({ data, data_base64: encoded }: z.infer<typeof cloudEventSchema>) {
  if (encoded === undefined) return data ?? {};
  if (data !== undefined) return 'data and data_base64: only one of them may be given';
  try {
    const decoded: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString());
    const checked = z.record(z.string(), z.unknown()).safeParse(decoded);
    return checked.success ? checked.data : 'data_base64: must be a JSON object';
  } catch {
    return 'data_base64: must be JSON, in base 64';
  }
}

/**
 * The attributes of a CloudEvent in binary mode, where each is a header. Values are percent-encoded UTF-8 and can be
 * quoted: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 *
 * @throws URIError for a value that is not encoded correctly.
 */
export function attributesOf(
  headers: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  const attributes = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    name.startsWith('ce-') ? [[name.slice('ce-'.length), decode(value)]] : [],
  );
  return { ...Object.fromEntries(attributes), datacontenttype: headers['content-type'] };
}

function decode(value: string): string {
  const quoted = /^"(.*)"$/s.exec(value)?.[1];
  return decodeURIComponent(quoted?.replaceAll(/\\(.)/gs, '$1') ?? value);
}
