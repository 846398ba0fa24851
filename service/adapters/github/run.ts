/** Run events that all kinds of delivery have in common. */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { DeliveryEvent } from '../webhooks/delivery.ts';
import { cut, plainName } from '../shown-text.ts';

/** Derives an event id from the delivery and the purpose of the event. */
export type IdFor = (what: string) => string;

export function begin(idFor: IdFor, time: string | undefined, command: string): DeliveryEvent {
  return {
    type: 'run.started',
    id: idFor('started'),
    time,
    data: { command: cut(command, LIMITS.commandChars) },
  };
}

/** Belongs in one group with the start of the run, so that a late delivery does not pause a run that continues. */
export function paused(
  idFor: IdFor,
  time: string | undefined,
  reason = 'Queued on GitHub',
): DeliveryEvent {
  return { type: 'run.paused', id: idFor('paused'), time, data: { message: reason } };
}

export function resumed(idFor: IdFor, time: string | undefined): DeliveryEvent {
  return { type: 'run.resumed', id: idFor('resumed'), time, data: {} };
}

/** A group of its own; empty if `url` is not a web address. */
export function linkTo(
  name: string,
  url: string | null | undefined,
  id: string,
): readonly DeliveryEvent[] {
  if (!url || url.length > LIMITS.pathChars || !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    return [];
  }
  return [
    {
      type: 'artifact.created',
      id,
      data: { name: plainName(name, LIMITS.nameChars) || 'Link', url },
    },
  ];
}
