/** A menu to choose how the list is grouped. */
import { t } from '../../i18n/list.ts';
import { groupingOf } from './groups.ts';
import { Menu } from '../parts/menu.tsx';
import type { Model } from '../model.ts';

const CHOICES = ['status', 'machine', 'tag', 'service'] as const;

export function GroupMenu({ model }: { model: Model }) {
  const { settings, locked } = model.chosen.value;
  // set by the organisation
  if (locked.has('groupBy')) return null;
  const services = model.paired.value.length;
  const chosen = groupingOf(settings.groupBy, services);
  const items = CHOICES.filter((by) => groupingOf(by, services) === by).map((by) => ({
    label: t(`group.${by}`),
    isChosen: by === chosen,
    onChoose: () => void model.actions.change({ groupBy: by }),
  }));
  return (
    <Menu label={t('group.by')} name={t('group.by')} items={items}>
      <path
        d="M2 3.5h12M5 6.5h9M2 10h12M5 13h9"
        fill="none"
        stroke="currentColor"
        stroke-width="1.4"
        stroke-linecap="round"
      />
    </Menu>
  );
}
