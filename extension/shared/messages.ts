/**
 * Requests of the extension's pages to the background worker, sent with `runtime.sendMessage`.
 *
 * Every request is answered with `{ ok: true, … }` or `{ ok: false, problem }`; nothing is thrown.
 */
import type { Agent, Approval, Run } from '../../protocol/fleet/fleet.ts';
import type { Settings } from './settings.ts';

/** An error that a person can read. `type` is one of the protocol's problem types, or a `ConnectionErrorKind`. */
export interface Refusal {
  readonly type: string;
  readonly detail: string;
}

/** The body of a request for a run. */
export interface RunBody {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly prompt?: string;
  /** Queue the run if it can't start at once. */
  readonly queue?: true;
}

export type RunControl = 'cancel' | 'pause' | 'resume' | 'retry';

/** A person's answer, and the hash of what they were shown. */
export interface ApprovalDecision {
  readonly choice?: string;
  readonly text?: string;
  readonly hash: string;
}

export interface Requests {
  /** Requests a run. A repeated request with the same `key` is the same run. */
  run: {
    request: { service: string; agent: Agent['id']; body: RunBody; key: string };
    answer: { run: Run };
  };
  /** Cancels, pauses, resumes or retries a run. A repeated retry with the same `key` is the same run. */
  controlRun: {
    request: { service: string; run: Run['id']; what: RunControl; key: string };
    answer: { run: Run };
  };
  /** Marks the incident at position `attention` as taken care of by this user, or no longer so. */
  acknowledge: {
    request: { service: string; agent: Agent['id']; attention: number; isOn: boolean };
    answer: Record<never, never>;
  };
  /** Answers a question. */
  decide: {
    request: { service: string; approval: Approval['id']; decision: ApprovalDecision };
    answer: Record<never, never>;
  };
  /** Redeems a pairing code and connects. `url` as typed; a missing scheme means http. */
  pair: { request: { url: string; code: string }; answer: { service: string } };
  /** Connects with an address and a token (options page). */
  connect: { request: { url: string; token: string }; answer: { service: string } };
  /** Tests an address and token without storing them. */
  test: { request: { url: string; token: string }; answer: { user: string; version: string } };
  /** Forgets the service, its token and its state. */
  forget: { request: { service: string }; answer: Record<never, never> };
  /** Connects at once if not connected. Sent when a page opens, and by "Retry now". */
  wake: { request: Record<never, never>; answer: Record<never, never> };
  /** Changes settings. Invalid ones are ignored. */
  change: { request: { changes: Partial<Settings> }; answer: Record<never, never> };
  /** Mutes an agent, or unmutes it. A muted agent neither notifies nor counts on the badge. */
  mute: {
    request: { service: string; agent: Agent['id']; isOn: boolean };
    answer: Record<never, never>;
  };
  /** Folds a group of the list, or unfolds it. */
  fold: { request: { group: string; isOn: boolean }; answer: Record<never, never> };
  /** Pauses notifications until `untilMs` (epoch milliseconds); 0 resumes them. */
  snooze: { request: { untilMs: number }; answer: Record<never, never> };
  /** Shows a test notification. */
  tryNotice: { request: Record<never, never>; answer: Record<never, never> };
  /** Marks everything up to `seq` as seen by the person. */
  seen: { request: { service: string; seq: number }; answer: Record<never, never> };
}

export type RequestType = keyof Requests;
export type RequestMessage = {
  [T in RequestType]: { readonly type: T } & Requests[T]['request'];
}[RequestType];
export type WorkerAnswer<T extends RequestType> =
  | ({ readonly ok: true } & Requests[T]['answer'])
  | { readonly ok: false; readonly problem: Refusal };
