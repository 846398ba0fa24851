/** What all components draw from, and what they may do. An entrypoint fills it; here is no browser. */
import type { Signal } from '@preact/signals';
import type { WorkerAnswer, ApprovalDecision, RunBody, RunControl } from '../shared/messages.ts';
import type { Chosen, Settings } from '../shared/settings.ts';
import type { PairedService, View } from '../shared/view.ts';
import type { PendingActions } from './pending.ts';
import type { RowRequest } from './list/row-actions.ts';
import type { Undo } from './undo.ts';

export interface Paired {
  readonly service: PairedService;
  readonly view: View;
}

export interface Model {
  readonly paired: Signal<readonly Paired[]>;
  /** Local clock, ticking while the page is visible. */
  readonly nowMs: Signal<number>;
  readonly chosen: Signal<Chosen>;
  /** Until when a person has paused notifications; what is past counts as never. */
  readonly snoozedUntilMs: Signal<number>;
  readonly pending: PendingActions;
  readonly undo: Undo;
  readonly actions: Actions;
}

export interface Actions {
  run(service: string, agent: string, body: RunBody): void;
  /** Anything that a row offers, but running with a form. @returns whether it was accepted; if not, the row says why. */
  act(service: string, agent: string, action: RowRequest): Promise<boolean>;
  /** Answers a question. */
  decide(service: string, approval: string, decision: ApprovalDecision): void;
  /** Steers the one run that a page shows. @returns the run, of a retry the new one; undefined when it is refused. */
  steer(service: string, run: string, what: RunControl): Promise<string | undefined>;
  /** Shows a run: everything that is known of it. */
  openRun(service: string, run: string): void;
  /** Shows the runs of an agent. */
  openHistory(service: string, agent: string): void;
  /** Missing where there is none, or where it is this one. Only in answer to a click. */
  openSidePanel?(): void;
  pair(url: string, code: string): Promise<WorkerAnswer<'pair'>>;
  connect(url: string, token: string): Promise<WorkerAnswer<'connect'>>;
  test(url: string, token: string): Promise<WorkerAnswer<'test'>>;
  forget(service: string): Promise<WorkerAnswer<'forget'>>;
  /** Has the browser ask the person for access to an address. Only in answer to a click. */
  allow(url: string): void;
  /** Connects at once, where it waits for the next try. */
  retry(): void;
  openOptions(): void;
  /** Chooses settings. */
  change(changes: Partial<Settings>): Promise<WorkerAnswer<'change'>>;
  /** Folds a group of the list, or unfolds it. */
  fold(group: string, isOn: boolean): void;
  /** Holds notifications back until then; 0 lets them come again. */
  snooze(untilMs: number): void;
  /** Shows a notification, to see whether the desktop shows them. */
  tryNotice(): void;
}

/** One agent, or one question, of one service. */
export function keyOf(service: string, id: string): string {
  return `${service}/${id}`;
}

/** What a person calls the service: host and port. */
export function hostOf({ url }: PairedService): string {
  return new URL(url).host;
}
