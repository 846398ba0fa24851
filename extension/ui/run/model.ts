/** What the run page draws from besides the model of all pages. An entrypoint fills it; here is no browser. */
import type { Signal } from '@preact/signals';
import type { RunStatus } from '../../../protocol/fleet/fleet.ts';
import type { RunsAnswer } from '../../../protocol/wire/messages.ts';
import type { RunState } from '../../run/run-state.ts';
import type { Refusal } from '../../shared/messages.ts';
import type { PairedService } from '../../shared/view.ts';

/** One run that is read and followed. */
export interface RunModel {
  readonly followed: Signal<RunState>;
  /** Tries again now, where it waits for the next try. */
  wake(): void;
  /** Saves the run and all of its events as a file. @returns why it could not. */
  save(): Promise<Refusal | undefined>;
  /** Nobody looks any more. */
  close(): void;
}

/** What there is to read of a service. */
export interface RunReader {
  openRun(service: PairedService, run: string): RunModel;
  /** Runs of an agent, newest first. @param before the answer's `before` of last time. */
  readRuns(
    service: PairedService,
    agent: string,
    statuses: readonly RunStatus[],
    before?: number,
  ): Promise<RunsAnswer | { readonly refusal: Refusal }>;
}
