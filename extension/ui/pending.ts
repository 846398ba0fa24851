/**
 * Requests that the fleet does not reflect yet. They are shown at once, replaced when the service confirms them on the
 * stream, and rolled back with the reason when they are refused or not confirmed in time.
 */
import { signal } from '@preact/signals';
import { t } from '../i18n/list.ts';
import type { Fleet } from '../../protocol/fleet/fleet.ts';
import { currentRun } from '../../protocol/fleet/fleet.ts';
import type { WorkerAnswer, Refusal, RequestType } from '../shared/messages.ts';

export type PendingAction =
  /** Shown as the state that it will lead to. */
  | { readonly kind: 'run' | 'cancel'; readonly run?: string }
  /** Any other request on its way. */
  | { readonly kind: 'answer' }
  /** `type`: the problem type of the refusal; missing when the request was not confirmed in time. */
  | { readonly kind: 'refused'; readonly reason: string; readonly type?: string };

/** The stream confirms an accepted request within milliseconds: after this long something is wrong. */
const CONFIRMATION_TIMEOUT_MS = 10_000;

export class PendingActions {
  readonly #byKey = signal<ReadonlyMap<string, PendingAction>>(new Map());
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Reactive. @param key from `keyOf`. */
  of(key: string): PendingAction | undefined {
    return this.#byKey.value.get(key);
  }

  /** Sends a run or a cancellation; does nothing while another request is pending. @returns whether it was accepted. */
  async begin(
    key: string,
    kind: 'run' | 'cancel',
    send: () => Promise<WorkerAnswer<'run' | 'controlRun'>>,
  ): Promise<boolean> {
    if (this.#isBusy(key)) return false;
    this.#set(key, { kind });
    const answer = await send();
    if (!answer.ok) {
      this.#set(key, refused(answer.problem));
      return false;
    }
    this.#set(key, { kind, run: answer.run.id });
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#set(key, { kind: 'refused', reason: t('row.not-confirmed') });
      }, CONFIRMATION_TIMEOUT_MS),
    );
    return true;
  }

  /** Sends any other request; does nothing while another request is pending. @returns whether it was accepted. */
  async send(key: string, send: () => Promise<WorkerAnswer<RequestType>>): Promise<boolean> {
    if (this.#isBusy(key)) return false;
    this.#set(key, { kind: 'answer' });
    const answer = await send();
    this.#set(key, answer.ok ? undefined : refused(answer.problem));
    return answer.ok;
  }

  /** Removes a refusal that the person has read. */
  dismiss(key: string): void {
    this.#set(key, undefined);
  }

  /** Removes the requests that the fleet reflects now. @param keyOf returns the key of an agent of this fleet. */
  settle(fleet: Fleet, keyOf: (agent: string) => string): void {
    for (const agent of Object.values(fleet.agents)) {
      const key = keyOf(agent.id);
      const pending = this.#byKey.peek().get(key);
      if (pending?.kind !== 'run' && pending?.kind !== 'cancel') continue;
      const run = currentRun(fleet, agent);
      if (run === undefined || run.id !== pending.run) continue;
      if (pending.kind === 'run' || run.cancelRequestedBy !== undefined || run.endedAt) {
        this.#set(key, undefined);
      }
    }
  }

  #isBusy(key: string): boolean {
    const known = this.#byKey.peek().get(key);
    return known !== undefined && known.kind !== 'refused';
  }

  #set(key: string, pending: PendingAction | undefined): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    const next = new Map(this.#byKey.peek());
    if (pending) next.set(key, pending);
    else next.delete(key);
    this.#byKey.value = next;
  }
}

function refused({ type, detail }: Refusal): PendingAction {
  return { kind: 'refused', reason: detail, type };
}
