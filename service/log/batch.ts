/** Requests that wait for the log, and how many of them are decided and stored in one commit. */
import type { AppendResult, LogRequest } from './plan.ts';

const MAX_REQUESTS = 256;
/** A batch with this many events takes no further request. A larger commit would not be faster for each event. */
const MAX_EVENTS = 1_024;

export interface WaitingRequest extends LogRequest {
  readonly answer: (result: AppendResult) => void;
}

/** Removes the first batch from `waiting` and returns it, in order. Only an empty list gives an empty batch. */
export function takeBatch(waiting: WaitingRequest[]): WaitingRequest[] {
  let requests = 0;
  let events = 0;
  for (const { command } of waiting.slice(0, MAX_REQUESTS)) {
    if (events >= MAX_EVENTS) break;
    requests += 1;
    events += command.type === 'report' ? command.events.length : 1;
  }
  return waiting.splice(0, requests);
}
