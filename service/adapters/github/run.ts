/** The events of a run that every kind of delivery makes. */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { DeliveryEvent } from '../webhooks/delivery.ts';
import { cut, plainName } from '../shown-text.ts';

/** An id of this delivery, by what it is for. */
export type IdFor = (what: string) => string;

export function begin(idFor: IdFor, time: string | undefined, command: string): DeliveryEvent {
  return {
    type: 'run.started',
    id: idFor('started'),
    time,
    data: { command: cut(command, LIMITS.commandChars) },
  };
}

/** Goes with the beginning of a run, in one group: when it comes late, it must not hold up what goes on. */
export function paused(
  idFor: IdFor,
  time: string | undefined,
  why = 'Queued on GitHub',
): DeliveryEvent {
  return { type: 'run.paused', id: idFor('paused'), time, data: { message: why } };
}

export function resumed(idFor: IdFor, time: string | undefined): DeliveryEvent {
  return { type: 'run.resumed', id: idFor('resumed'), time, data: {} };
}

/** A group of its own; nothing for what is no address. */
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
