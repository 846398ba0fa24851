/** Translates the body of any webhook by a mapping of JSON Pointers. */
import type { AgentProfile } from '../../../protocol/events/agent.ts';
import { agentIdSchema } from '../../../protocol/wire/ids.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { WebhookTranslation, DeliveryEvent } from './delivery.ts';
import { derivedId } from './derived-id.ts';
import { cut, plainName } from '../shown-text.ts';
import { valueAt } from './json-pointer.ts';
import type { Webhook, WebhookStatus } from './webhook-config.ts';

/** The body does not fit the mapping. The message names the place. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  readonly pointer: string;

  constructor(pointer: string, message: string) {
    super(`${pointer === '' ? 'The whole body' : pointer} ${message}`);
    this.pointer = pointer;
  }
}

/** @throws WebhookError */
export function translateWebhook(
  webhook: string,
  mapping: Webhook,
  body: unknown,
): WebhookTranslation {
  const status = statusOf(mapping, body);
  if (status === 'ignore') return { ignored: 'The mapping ignores this status.' };
  const agent = agentOf(mapping, body);
  const run = derivedId('webhook-run', webhook, agent.id, textAt(body, mapping.run));
  const { delivery } = mapping;
  const mark = delivery === undefined ? undefined : textAt(body, delivery);
  const idFor = (what: string) =>
    mark === undefined ? {} : { id: derivedId('webhook', webhook, mark, what) };
  const message = messageOf(mapping, body);
  const started: DeliveryEvent = { type: 'run.started', ...idFor('started'), data: {} };
  const progress = progressOf(mapping, body, message);
  const groups = [
    ...groupsOf(status, started, message, idFor),
    ...(progress ? [[{ ...progress, ...idFor('progress') }]] : []),
  ];
  // the end comes last, because a finished run accepts no events
  const ended = endOf(status, message, idFor);
  return { agent, run, groups: ended ? [...groups, [ended]] : groups };
}

type IdFor = (what: string) => { readonly id?: string };

function groupsOf(
  status: WebhookStatus,
  started: DeliveryEvent,
  message: string | undefined,
  idFor: IdFor,
): DeliveryEvent[][] {
  const data = message === undefined ? {} : { message };
  const paused: DeliveryEvent = { type: 'run.paused', ...idFor('paused'), data };
  switch (status) {
    case 'queued':
      // in one group, so that a late delivery does not pause a run that continues
      return [[started, paused]];
    case 'paused':
      return [[started], [paused]];
    case 'running':
      return [[started], [{ type: 'run.resumed', ...idFor('resumed'), data: {} }]];
    default:
      return [[started]];
  }
}

function endOf(
  status: WebhookStatus,
  message: string | undefined,
  idFor: IdFor,
): DeliveryEvent | undefined {
  const data = message === undefined ? {} : { message };
  switch (status) {
    case 'succeeded':
      return { type: 'run.succeeded', ...idFor('ended'), data };
    case 'cancelled':
      return { type: 'run.cancelled', ...idFor('ended'), data };
    case 'failed': {
      const text = message ?? 'It gave no reason.';
      return { type: 'run.failed', ...idFor('ended'), data: { reason: 'other', message: text } };
    }
    default:
      return undefined;
  }
}

function agentOf({ agent, name, kind, tags, description }: Webhook, body: unknown) {
  const text = 'const' in agent ? agent.const : textAt(body, agent.pointer);
  const profile: AgentProfile = {
    name: name ?? (plainName(text, LIMITS.nameChars) || 'Webhook'),
    capabilities: [],
    ...(kind !== undefined && { kind }),
    ...(tags && { tags }),
    ...(description !== undefined && { description }),
  };
  return { id: 'const' in agent ? agent.const : idOf(text), profile };
}

/** The text itself if it is a valid id, else a shortened form with a hash that keeps it unique. */
function idOf(text: string): string {
  if (agentIdSchema.safeParse(text).success) return text;
  const slug = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50);
  return [slug, derivedId('webhook-agent', text).slice(0, 8)]
    .filter((part) => part !== '')
    .join('-');
}

function statusOf({ status: { pointer, map } }: Webhook, body: unknown): WebhookStatus {
  const text = textAt(body, pointer);
  const found = Object.hasOwn(map, text) ? map[text] : map['*'];
  if (found !== undefined) return found;
  const known = Object.keys(map).join(', ');
  throw new WebhookError(pointer, `is "${cut(text, 80)}"; the mapping knows ${known}`);
}

function messageOf({ message: pointer }: Webhook, body: unknown): string | undefined {
  const value = pointer === undefined ? undefined : valueAt(body, pointer);
  if (pointer === undefined || value === undefined || value === null || value === '') {
    return undefined;
  }
  return cut(textAt(body, pointer), LIMITS.messageChars);
}

function progressOf(
  { progress: pointer, progressMax = 1 }: Webhook,
  body: unknown,
  message: string | undefined,
): DeliveryEvent | undefined {
  const value = pointer === undefined ? undefined : valueAt(body, pointer);
  if (pointer === undefined || value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || value < 0 || value > progressMax) {
    throw new WebhookError(pointer, `must be a number from 0 to ${progressMax}`);
  }
  const text = message === undefined ? {} : { message };
  return { type: 'run.progress', data: { value: value / progressMax, ...text } };
}

/** The string, number or boolean at a pointer, as text. */
function textAt(body: unknown, pointer: string): string {
  const value = valueAt(body, pointer);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && value !== '') return value;
  throw new WebhookError(pointer, value === undefined ? 'is missing' : 'must be text or a number');
}
