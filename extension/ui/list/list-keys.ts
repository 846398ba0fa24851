/** Keys of the list: ↑ ↓ J K move, Home and End jump, ← → fold, letters perform actions, Enter the main action. */
import type { GroupedRow } from './groups.ts';
import { keyOf } from '../model.ts';
import type { RowAction } from './row-actions.ts';
import { ACTION_KEYS } from './row-actions.ts';

export interface ListKeys {
  rowOf(key: string): GroupedRow | undefined;
  isMuted(placed: GroupedRow): boolean;
  onAct(placed: GroupedRow, action: RowAction): void;
  onFold(group: string, isOn: boolean): void;
}

/** Elements that arrow keys move between. */
const STOPS = 'li[data-agent], li[data-question], button[data-group]';

export function onListKey(event: KeyboardEvent, keys: ListKeys): void {
  const { target, currentTarget, key } = event;
  if (!(target instanceof HTMLElement) || !(currentTarget instanceof HTMLElement)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const item = target.closest<HTMLElement>(STOPS);
  if (!item || target.matches('input, textarea')) return;
  const items = [...currentTarget.querySelectorAll<HTMLElement>(STOPS)];
  const move = MOVES[key]?.(items.indexOf(item), items.length);
  if (move !== undefined) {
    event.preventDefault();
    items[Math.max(0, Math.min(items.length - 1, move))]?.focus();
    return;
  }
  if (target === item && (key === 'ArrowLeft' || key === 'ArrowRight')) {
    const isRtl = getComputedStyle(item).direction === 'rtl';
    fold(item, (key === 'ArrowLeft') !== isRtl, keys);
    return;
  }
  const { agent, service } = item.dataset;
  const placed = agent && service ? keys.rowOf(keyOf(service, agent)) : undefined;
  if (!placed) return;
  const { row } = placed;
  const action =
    key === 'Enter' && target === item
      ? row.actions[0]
      : [...row.actions, ...row.navigation].find(({ kind }) => ACTION_KEYS[kind] === key);
  if (action) keys.onAct(placed, action);
  else if (key === ACTION_KEYS.mute) {
    keys.onAct(placed, { kind: keys.isMuted(placed) ? 'unmute' : 'mute' });
  }
}

/** As in a tree view: from a row to its heading, and from the heading folds the group. */
function fold(item: HTMLElement, isOn: boolean, { onFold }: ListKeys): void {
  const { group } = item.dataset;
  if (group !== undefined) onFold(group, isOn);
  else if (isOn) {
    item.closest('[data-section]')?.querySelector<HTMLElement>('button[data-group]')?.focus();
  }
}

const MOVES: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at) => at + 1,
  j: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  k: (at) => at - 1,
  Home: () => 0,
  End: (_at, count) => count - 1,
};
