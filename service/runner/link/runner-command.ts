/** What the service wants a runner to do. The same may be told several times: by the stream, and by heartbeats. */
import type { LogEvent } from '../../../protocol/events/event.ts';
import type { RunRequest } from '../../../protocol/events/run.ts';
import type { Run } from '../../../protocol/fleet/fleet.ts';
import type { PendingCommands } from '../../../protocol/wire/messages.ts';

export type RunnerCommand =
  | {
      readonly kind: 'start';
      readonly agent: string;
      readonly run: string;
      readonly request: RunRequest;
    }
  | { readonly kind: 'cancel' | 'pause' | 'resume'; readonly run: string };

/** The order that an event on the command stream is, if it is one. */
export function commandOf({ type, agent, run, data }: LogEvent): RunnerCommand | undefined {
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

export function commandsOf({ start, cancel, pause, resume }: PendingCommands): RunnerCommand[] {
  return [
    ...start.map(startCommandOf),
    ...cancel.map((run): RunnerCommand => ({ kind: 'cancel', run })),
    ...pause.map((run): RunnerCommand => ({ kind: 'pause', run })),
    ...resume.map((run): RunnerCommand => ({ kind: 'resume', run })),
  ];
}

export function startCommandOf({ id, agent, params, prompt, timeoutMs }: Run): RunnerCommand {
  return { kind: 'start', agent, run: id, request: { params, prompt, timeoutMs } };
}

/** Those that a run's state in the fleet still asks for. */
export function openCommands({ id, cancelRequestedBy, controlRequest }: Run): RunnerCommand[] {
  return [
    ...(cancelRequestedBy === undefined ? [] : [{ kind: 'cancel', run: id } as const]),
    ...(controlRequest ? [{ kind: controlRequest.kind, run: id } as const] : []),
  ];
}
