/** Performs the actions of a row, and offers to undo those that can be undone. */
import type { GroupedRow } from './list/groups.ts';
import type { Model } from './model.ts';
import type { RowAction } from './list/row-actions.ts';
import { reversalOf } from './undo.ts';

/** Performs any action except a run that needs a form. */
export function performRowAction(
  { actions, undo }: Model,
  { service, row }: GroupedRow,
  action: RowAction,
): void {
  if (action.kind === 'view') actions.openRun(service, action.run);
  else if (action.kind === 'history') actions.openHistory(service, row.agent);
  else {
    const { agent } = row;
    const reversal = reversalOf(action, row);
    void actions.requestRowAction(service, agent, action).then((isAccepted) => {
      if (!isAccepted || !reversal) return;
      const { words, inverse } = reversal;
      undo.offer({ words, undo: () => void actions.requestRowAction(service, agent, inverse) });
    });
  }
}
