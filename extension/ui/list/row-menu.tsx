/** The menu of a row: all actions except the main one. */
import { t } from '../../i18n/list.ts';
import { Menu } from '../parts/menu.tsx';
import type { RowAction } from './row-actions.ts';
import { ACTION_KEYS, actionWords } from './row-actions.ts';

interface RowMenuProps {
  readonly name: string;
  readonly actions: readonly RowAction[];
  readonly tabIndex: number;
  readonly onAct: (action: RowAction) => void;
}

export function RowMenu({ name, actions, tabIndex, onAct }: RowMenuProps) {
  const items = actions.map((action) => ({
    label: actionWords(action.kind),
    key: ACTION_KEYS[action.kind],
    onChoose: () => onAct(action),
  }));
  return (
    <Menu label={t('row.more', { name })} name={name} items={items} tabIndex={tabIndex}>
      <circle cx="3" cy="8" r="1.3" />
      <circle cx="8" cy="8" r="1.3" />
      <circle cx="13" cy="8" r="1.3" />
    </Menu>
  );
}
