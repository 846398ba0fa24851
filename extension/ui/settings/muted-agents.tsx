/** The muted agents, each with a button to unmute it. */
import { t } from '../../i18n/options.ts';
import { withMuted } from '../../shared/settings.ts';
import type { Model } from '../model.ts';
import { hostOf } from '../model.ts';
import { save } from './saved.tsx';
import { Words } from './setting-row.tsx';
import css from './settings.module.css';

export function MutedAgents({ model }: { model: Model }) {
  const { settings, locked } = model.chosen.value;
  const { muted } = settings;
  const isLocked = locked.has('muted');
  return (
    <div class={css['card']}>
      <div class={css['row']}>
        <Words
          label={t('muted')}
          help={muted.length === 0 ? t('muted.none') : undefined}
          isLocked={isLocked}
        />
      </div>
      <ul>
        {muted.map((key) => (
          <li key={key} class={css['row']}>
            <bdi>{nameOf(model, key)}</bdi>
            <button
              type="button"
              class={css['quiet']}
              aria-label={t('muted.unmute-name', { name: nameOf(model, key) })}
              disabled={isLocked}
              onClick={() => void save(model, { muted: withMuted(muted, key, false) })}
            >
              {t('muted.unmute')}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The agent's name, or its id where its service is not connected; with the service where there are several. */
function nameOf(model: Model, key: string): string {
  const [id = '', agent = ''] = key.split('/');
  const paired = model.paired.value;
  const found = paired.find(({ service }) => service.id === id);
  const name = found?.view.fleet.agents[agent]?.name ?? agent;
  return found && paired.length > 1 ? `${name} (${hostOf(found.service)})` : name;
}
