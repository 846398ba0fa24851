/** Waits until an approval is closed, the time is over, or the client disconnects. */
import { findApproval } from '../../protocol/decide/approval.ts';
import type { Http, Services } from './context.ts';

export interface Wait {
  readonly waitMs: number;
  /** The client is the one who asked: if it disconnects, nobody waits for the answer. */
  readonly isAsker: boolean;
}

/** Resolves when there is no reason to wait any longer; the fleet then has the state of the approval. */
export async function waitForAnswer(
  { log, askers, whenStopping }: Services,
  outgoing: Http['Bindings']['outgoing'],
  approval: string,
  { waitMs, isAsker }: Wait,
): Promise<void> {
  const left = isAsker ? askers.wait(approval) : undefined;
  let isBroken = false;
  const over = Promise.withResolvers<void>();
  const broken = () => {
    isBroken = true;
    over.resolve();
  };
  const check = () => {
    if (!findApproval(log.fleet, approval)?.open) over.resolve();
  };
  const stopListening = log.listen(check);
  outgoing.once('close', broken);
  const stop = () => over.resolve();
  whenStopping.addEventListener('abort', stop);
  const timer = setTimeout(stop, waitMs);
  check();
  await over.promise;
  stopListening();
  outgoing.off('close', broken);
  whenStopping.removeEventListener('abort', stop);
  clearTimeout(timer);
  left?.(isBroken ? 'broken' : 'answered');
}
