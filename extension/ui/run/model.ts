/** Data of the run page, besides the model of all pages. An entrypoint provides it; nothing here uses `browser.*`. */
import type { Signal } from '@preact/signals';
import type { RunStatus } from '../../../protocol/fleet/fleet.ts';
import type { RunsAnswer } from '../../../protocol/wire/messages.ts';
import type { RunState } from '../../run/run-state.ts';
import type { Refusal } from '../../shared/messages.ts';
import type { PairedService } from '../../shared/view.ts';

/** A run that is loaded and followed. */
export interface RunModel {
  readonly state: Signal<RunState>;
  /** Retries a waiting connection at once. */
  wake(): void;
  /** Saves the run and all of its events as a file. @returns the reason when it fails. */
  save(): Promise<Refusal | undefined>;
  /** Stops following the run. */
  close(): void;
}

/** Reads runs of a service. */
export interface RunReader {
  openRun(service: PairedService, run: string): RunModel;
  /** A page of an agent's runs, newest first. @param before `before` of the previous page's answer. */
  readRuns(
    service: PairedService,
    agent: string,
    statuses: readonly RunStatus[],
    before?: number,
  ): Promise<RunsAnswer | { readonly refusal: Refusal }>;
}
