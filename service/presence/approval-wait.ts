/** Waits until an approval is closed, the time is over, or the client disconnects. */
import type { EventEmitter } from 'node:events';
import { findApproval } from '../../protocol/decide/approval.ts';
import type { Log } from '../log/log.ts';
import type { ApprovalWaiters } from './approval-waiters.ts';

export interface ApprovalWait {
  readonly approval: string;
  readonly waitMs: number;
  /** The client is the one who asked: if it disconnects, nobody waits for the answer. */
  readonly isAsker: boolean;
  /** Emits `close` when the client disconnects. */
  readonly connection: Pick<EventEmitter, 'once' | 'off'>;
}

export interface ApprovalWaitServices {
  readonly log: Log;
  readonly askers: ApprovalWaiters;
  /** Ends every wait when it is aborted. */
  readonly whenStopping: AbortSignal;
}

/** Resolves when there is no reason to wait any longer; the fleet then has the state of the approval. */
export async function waitForAnswer(
  { log, askers, whenStopping }: ApprovalWaitServices,
  { approval, waitMs, isAsker, connection }: ApprovalWait,
): Promise<void> {
  const left = isAsker ? askers.wait(approval) : undefined;
  const over = Promise.withResolvers<'answered' | 'broken'>();
  const end = () => over.resolve('answered');
  const breakOff = () => over.resolve('broken');
  const check = () => {
    if (!findApproval(log.fleet, approval)?.open) end();
  };
  const stopListening = log.listen(check);
  connection.once('close', breakOff);
  whenStopping.addEventListener('abort', end);
  const timer = setTimeout(end, waitMs);
  check();
  const how = await over.promise;
  stopListening();
  connection.off('close', breakOff);
  whenStopping.removeEventListener('abort', end);
  clearTimeout(timer);
  left?.(how);
}
