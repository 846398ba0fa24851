/**
 * What a person has asked for and the service has not shown yet: drawn at once, replaced by the service's word,
 * rolled back with the reason when it is refused or nothing comes.
 */
import { signal } from '@preact/signals';
import { t } from '../i18n/list.ts';
import type { Fleet } from '../../protocol/fleet/fleet.ts';
import { currentRun } from '../../protocol/fleet/fleet.ts';
import type { WorkerAnswer, RequestType } from '../shared/messages.ts';

export type PendingAction =
  /** Of a run or a cancellation the state that it will lead to shows at once. */
  | { readonly kind: 'run' | 'cancel'; readonly run?: string }
  /** Anything else: on its way. */
  | { readonly kind: 'answer' }
  | { readonly kind: 'refused'; readonly reason: string };

/** The service answers in milliseconds and says the same on the stream: after this long something is wrong. */
const WORD_LIMIT_MS = 10_000;

export class PendingActions {
  readonly #byKey = signal<ReadonlyMap<string, PendingAction>>(new Map());
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Reactive. @param key service, and agent or question. */
  of(key: string): PendingAction | undefined {
    return this.#byKey.value.get(key);
  }

  /** A second request while one is under way is the same one. @returns whether it was accepted. */
  async begin(
    key: string,
    kind: 'run' | 'cancel',
    send: () => Promise<WorkerAnswer<'run' | 'steer'>>,
  ): Promise<boolean> {
    if (this.#isBusy(key)) return false;
    this.#set(key, { kind });
    const answer = await send();
    if (!answer.ok) {
      this.#set(key, { kind: 'refused', reason: answer.problem.detail });
      return false;
    }
    this.#set(key, { kind, run: answer.run.id });
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#set(key, { kind: 'refused', reason: t('row.silent') });
      }, WORD_LIMIT_MS),
    );
    return true;
  }

  /** What is done once it is accepted: the stream shows it. @returns whether it was. */
  async send(key: string, send: () => Promise<WorkerAnswer<RequestType>>): Promise<boolean> {
    if (this.#isBusy(key)) return false;
    this.#set(key, { kind: 'answer' });
    const answer = await send();
    this.#set(key, answer.ok ? undefined : { kind: 'refused', reason: answer.problem.detail });
    return answer.ok;
  }

  /** The person has read it. */
  dismiss(key: string): void {
    this.#set(key, undefined);
  }

  /** Lets go of what the fleet shows by itself now. @param keyOf gives the key of an agent of this fleet. */
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
