/** How popup and pages look. */
import type { Model } from '../model.ts';
import { ChoiceRow } from './setting-row.tsx';
import css from './settings.module.css';

export function AppearanceSection({ model }: { model: Model }) {
  return (
    <div class={css['card']}>
      <ChoiceRow
        model={model}
        of="theme"
        label="Theme"
        choices={{ system: 'As the system', light: 'Light', dark: 'Dark' }}
      />
      <ChoiceRow
        model={model}
        of="density"
        label="Density"
        help="Compact shows more agents at a time"
        choices={{ comfortable: 'Comfortable', compact: 'Compact' }}
      />
    </div>
  );
}
