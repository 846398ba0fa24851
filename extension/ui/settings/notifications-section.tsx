/** Settings for which notifications are shown, and how. */
import { t } from '../../i18n/options.ts';
import form from '../form/form.module.css';
import type { Model } from '../model.ts';
import type { BrowserFacts } from './browser-facts.ts';
import { MutedAgents } from './muted-agents.tsx';
import { finishedWords, RuleList } from './rule-list.tsx';
import { ChoiceRow, SwitchRow } from './setting-row.tsx';
import css from './settings.module.css';

interface NotificationsSectionProps {
  readonly model: Model;
  readonly facts: BrowserFacts;
}

export function NotificationsSection({ model, facts }: NotificationsSectionProps) {
  return (
    <div class={css['group']}>
      {facts.mayNotify === false && (
        <p class={css['warning']} role="alert">
          <b>{t('notify.denied')}</b> {t(`notify.allow-${facts.system}`)}
        </p>
      )}
      <div class={css['card']}>
        <SwitchRow
          model={model}
          of="notifyQuestion"
          label={t('notify.question')}
          help={t('notify.question-help')}
        />
        <SwitchRow
          model={model}
          of="notifyFailed"
          label={t('notify.failed')}
          help={t('notify.failed-help')}
        />
        <SwitchRow
          model={model}
          of="notifyOffline"
          label={t('notify.offline')}
          help={t('notify.offline-help')}
        />
        <SwitchRow
          model={model}
          of="notifyBudget"
          label={t('notify.budget')}
          help={t('notify.budget-help')}
        />
        <ChoiceRow
          model={model}
          of="notifyFinished"
          label={t('notify.finished')}
          help={t('notify.finished-help')}
          choices={finishedWords()}
        />
      </div>
      <div class={css['card']}>
        <SwitchRow
          model={model}
          of="sound"
          label={t('notify.sound')}
          help={t('notify.sound-help')}
        />
        <SwitchRow
          model={model}
          of="approveFromNotification"
          label={t('notify.approve')}
          help={t('notify.approve-help')}
        />
        <div class={css['row']}>
          <span class={css['words']}>
            <span class={css['label']}>{t('notify.try')}</span>
            <span class={css['help']}>
              {t('notify.try-help')} {facts.mayNotify !== false && t(`notify.see-${facts.system}`)}
            </span>
          </span>
          <button type="button" class={form['secondary']} onClick={() => model.actions.tryNotice()}>
            {t('notify.try-show')}
          </button>
        </div>
      </div>
      <h3 class={css['subtitle']}>{t('rules')}</h3>
      <RuleList model={model} />
      <MutedAgents model={model} />
    </div>
  );
}
