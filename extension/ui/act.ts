/** Does what a row offers, and lets it be taken back, where that can be. */
import type { GroupedRow } from './list/groups.ts';
import type { Model } from './model.ts';
import type { RowAction } from './list/row-actions.ts';
import { reversalOf } from './undo.ts';

/** Anything but running with a form. */
export function act(
  { actions, undo }: Model,
  { service, row }: GroupedRow,
  action: RowAction,
): void {
  if (action.kind === 'view') actions.openRun(service, action.run);
  else if (action.kind === 'history') actions.openHistory(service, row.agent);
  else {
    const { agent } = row;
    const reversal = reversalOf(action, row);
    void actions.act(service, agent, action).then((isAccepted) => {
      if (!isAccepted || !reversal) return;
      const { words, inverse } = reversal;
      undo.offer({ words, undo: () => void actions.act(service, agent, inverse) });
    });
  }
}
