/** Data and actions of all components. An entrypoint provides them; nothing here uses `browser.*`. */
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
  /** Local clock, updated every second while the page is visible. */
  readonly nowMs: Signal<number>;
  readonly chosen: Signal<Chosen>;
  /** Epoch milliseconds until which notifications are paused; 0 or a time in the past when they are not. */
  readonly snoozedUntilMs: Signal<number>;
  readonly pending: PendingActions;
  readonly undo: Undo;
  readonly actions: Actions;
}

export interface Actions {
  run(service: string, agent: string, body: RunBody): void;
  /** Requests any action of a row except a run that needs a form. @returns whether it was accepted; if not, the row shows why. */
  requestRowAction(service: string, agent: string, action: RowRequest): Promise<boolean>;
  /** Answers a question. */
  decide(service: string, approval: string, decision: ApprovalDecision): void;
  /** Cancels, pauses, resumes or retries the run of a page. @returns the run, or the new one of a retry; undefined when refused. */
  controlRun(service: string, run: string, what: RunControl): Promise<string | undefined>;
  /** Opens the page of a run. */
  openRun(service: string, run: string): void;
  /** Opens the page with all runs of an agent. */
  openHistory(service: string, agent: string): void;
  /** Missing in browsers without a side panel, and in the side panel itself. Call only in a click handler. */
  openSidePanel?(): void;
  pair(url: string, code: string): Promise<WorkerAnswer<'pair'>>;
  connect(url: string, token: string): Promise<WorkerAnswer<'connect'>>;
  test(url: string, token: string): Promise<WorkerAnswer<'test'>>;
  forget(service: string): Promise<WorkerAnswer<'forget'>>;
  /** Asks the person for access to an address. Call only in a click handler. */
  allow(url: string): void;
  /** Retries a waiting connection at once. */
  retry(): void;
  openOptions(): void;
  /** Changes settings. */
  change(changes: Partial<Settings>): Promise<WorkerAnswer<'change'>>;
  /** Folds a group of the list, or unfolds it. */
  fold(group: string, isOn: boolean): void;
  /** Pauses notifications until `untilMs` (epoch milliseconds); 0 resumes them. */
  snooze(untilMs: number): void;
  /** Shows a test notification. */
  tryNotice(): void;
}

/** Key of an agent, a question or a run of a service. */
export function keyOf(service: string, id: string): string {
  return `${service}/${id}`;
}

/** Host and port, by which people know a service. */
export function hostOf({ url }: PairedService): string {
  return new URL(url).host;
}
