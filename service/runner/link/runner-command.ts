/** What the service wants a runner to do. The same may be told several times: by the stream, and by heartbeats. */
import type { LogEvent } from '../../../protocol/events/event.ts';
import type { RunRequest } from '../../../protocol/events/run.ts';
import type { Run } from '../../../protocol/fleet/fleet.ts';
import type { Wishes } from '../../../protocol/wire/messages.ts';

export type Order =
  | {
      readonly kind: 'start';
      readonly agent: string;
      readonly run: string;
      readonly request: RunRequest;
    }
  | { readonly kind: 'cancel' | 'pause' | 'resume'; readonly run: string };

/** The order that an event on the command stream is, if it is one. */
export function orderOf({ type, agent, run, data }: LogEvent): Order | undefined {
  if (run === undefined || agent === undefined) return undefined;
  switch (type) {
    case 'run.requested':
      return { kind: 'start', agent, run, request: data };
    case 'run.cancel_requested':
      return { kind: 'cancel', run };
    case 'run.pause_requested':
      return { kind: 'pause', run };
    case 'run.resume_requested':
      return { kind: 'resume', run };
    default:
      return undefined;
  }
}

export function ordersOf({ start, cancel, pause, resume }: Wishes): Order[] {
  return [
    ...start.map(startOrder),
    ...cancel.map((run): Order => ({ kind: 'cancel', run })),
    ...pause.map((run): Order => ({ kind: 'pause', run })),
    ...resume.map((run): Order => ({ kind: 'resume', run })),
  ];
}

export function startOrder({ id, agent, params, prompt, timeoutMs }: Run): Order {
  return { kind: 'start', agent, run: id, request: { params, prompt, timeoutMs } };
}

/** Those that a run's state in the fleet still asks for. */
export function openOrders({ id, cancelRequestedBy, wish }: Run): Order[] {
  return [
    ...(cancelRequestedBy === undefined ? [] : [{ kind: 'cancel', run: id } as const]),
    ...(wish ? [{ kind: wish.kind, run: id } as const] : []),
  ];
}
