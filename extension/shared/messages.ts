/**
 * What a page of the extension may ask of the background worker, over `runtime.sendMessage`.
 *
 * Every request is answered with `{ ok: true, … }` or `{ ok: false, problem }`; nothing is thrown across.
 */
import type { Agent, Approval, Run } from '../../protocol/fleet/fleet.ts';
import type { Settings } from './settings.ts';

/** An error as a person can read it. `type` is one of the protocol's problem types, or a `Trouble`. */
export interface Refusal {
  readonly type: string;
  readonly detail: string;
}

/** What a run is asked for with. */
export interface RunBody {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly prompt?: string;
  /** Wait in line, if it can't begin at once. */
  readonly queue?: true;
}

export type RunControl = 'cancel' | 'pause' | 'resume' | 'retry';

/** What a person answered, and the hash of what they were shown. */
export interface ApprovalDecision {
  readonly choice?: string;
  readonly text?: string;
  readonly hash: string;
}

export interface Requests {
  /** Asks an agent to run. `key` makes a repeated request the same run. */
  run: {
    request: { service: string; agent: Agent['id']; body: RunBody; key: string };
    answer: { run: Run };
  };
  /** Steers a run. `key` makes a repeated retry the same run. */
  steer: {
    request: { service: string; run: Run['id']; what: RunControl; key: string };
    answer: { run: Run };
  };
  /** Says that one takes care of what happened at this position, or does not any more. */
  acknowledge: {
    request: { service: string; agent: Agent['id']; attention: number; isOn: boolean };
    answer: Record<never, never>;
  };
  /** Answers a question. */
  decide: {
    request: { service: string; approval: Approval['id']; decision: ApprovalDecision };
    answer: Record<never, never>;
  };
  /** Redeems a pairing code and begins to stream. `url` as typed; a missing scheme means http. */
  pair: { request: { url: string; code: string }; answer: { service: string } };
  /** Sets address and token by hand (options page). */
  connect: { request: { url: string; token: string }; answer: { service: string } };
  /** Tries an address and token without keeping anything; the answer says what was found. */
  test: { request: { url: string; token: string }; answer: { user: string; version: string } };
  /** Forgets the service, its token and its state. */
  forget: { request: { service: string }; answer: Record<never, never> };
  /** A page was opened, or the person pressed "Retry now": connect at once if not connected. */
  wake: { request: Record<never, never>; answer: Record<never, never> };
  /** Chooses settings; what is no valid setting is left out. */
  change: { request: { changes: Partial<Settings> }; answer: Record<never, never> };
  /** An agent's notifications never come, and it does not count on the badge. */
  mute: {
    request: { service: string; agent: Agent['id']; isOn: boolean };
    answer: Record<never, never>;
  };
  /** Folds a group of the list, or unfolds it. */
  fold: { request: { group: string; isOn: boolean }; answer: Record<never, never> };
  /** Notifications wait until then (epoch milliseconds); 0: they come again. */
  snooze: { request: { untilMs: number }; answer: Record<never, never> };
  /** Shows a notification, so that the person sees whether the desktop shows them. */
  tryNotice: { request: Record<never, never>; answer: Record<never, never> };
  /** The person has looked at everything up to `seq`. */
  seen: { request: { service: string; seq: number }; answer: Record<never, never> };
}

export type RequestType = keyof Requests;
export type RequestMessage = {
  [T in RequestType]: { readonly type: T } & Requests[T]['request'];
}[RequestType];
export type WorkerAnswer<T extends RequestType> =
  | ({ readonly ok: true } & Requests[T]['answer'])
  | { readonly ok: false; readonly problem: Refusal };
