/** Settings for quiet hours. */
import { language, listed } from '../../i18n/language.ts';
import { t } from '../../i18n/options.ts';
import { quietHoursEndMs, untilWords } from '../../shared/quiet.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Model } from '../model.ts';
import { save } from './saved.tsx';
import { SwitchRow, Words } from './setting-row.tsx';
import hidden from '../parts/visually-hidden.module.css';
import css from './settings.module.css';

export function QuietSection({ model }: { model: Model }) {
  const { settings } = model.chosen.value;
  return (
    <div class={css['card']}>
      <SwitchRow model={model} of="quietHours" label={t('quiet.on')} help={t('quiet.on-help')} />
      <Days model={model} />
      <TimeRow model={model} of="quietFrom" label={t('quiet.from')} />
      <TimeRow model={model} of="quietTo" label={t('quiet.to')} />
      <SwitchRow
        model={model}
        of="quietLetsQuestionsThrough"
        label={t('quiet.questions')}
        help={t('quiet.questions-help')}
      />
      <p class={css['note']} aria-live="polite">
        {sentence(settings, model.nowMs.value)}
      </p>
    </div>
  );
}

/** Starts on Monday; 0 is Sunday. */
const WEEK = [1, 2, 3, 4, 5, 6, 0];

function Days({ model }: { model: Model }) {
  const { settings, locked } = model.chosen.value;
  const { quietDays } = settings;
  const isLocked = locked.has('quietDays');
  return (
    <fieldset class={css['row']} disabled={isLocked}>
      <legend class={hidden['visually-hidden']}>{t('quiet.days-name')}</legend>
      <Words label={t('quiet.days')} help={t('quiet.days-help')} isLocked={isLocked} />
      <span class={css['days']}>
        {WEEK.map((day) => (
          <label key={day} class={css['day']}>
            <input
              type="checkbox"
              aria-label={dayName(day, 'long')}
              checked={quietDays.includes(day)}
              onChange={({ currentTarget }) => {
                const others = quietDays.filter((one) => one !== day);
                void save(model, { quietDays: currentTarget.checked ? [...others, day] : others });
              }}
            />
            <span aria-hidden="true">{dayName(day, 'short')}</span>
          </label>
        ))}
      </span>
    </fieldset>
  );
}

interface TimeRowProps {
  readonly model: Model;
  readonly of: 'quietFrom' | 'quietTo';
  readonly label: string;
}

function TimeRow({ model, of, label }: TimeRowProps) {
  const { settings, locked } = model.chosen.value;
  const { quietFrom, quietTo } = settings;
  const isNextDay = of === 'quietTo' && quietTo <= quietFrom;
  return (
    <label class={css['row']}>
      <Words
        label={label}
        help={isNextDay ? t('quiet.next-day') : undefined}
        isLocked={locked.has(of)}
      />
      <input
        type="time"
        class={css['time']}
        required
        value={settings[of]}
        disabled={locked.has(of)}
        onChange={({ currentTarget }) => {
          // empty while the time is being typed
          if (currentTarget.value !== '') void save(model, { [of]: currentTarget.value });
        }}
      />
    </label>
  );
}

function dayName(day: number, weekday: 'short' | 'long'): string {
  // 4 January 1970 was a Sunday
  return new Date(1970, 0, 4 + day).toLocaleDateString(language().locale, { weekday });
}

function sentence(settings: Settings, nowMs: number): string {
  if (!settings.quietHours) return t('quiet.off');
  const { quietDays, quietFrom, quietTo } = settings;
  if (quietDays.length === 0) return t('quiet.no-day');
  const times = { from: quietFrom, to: quietTo };
  const days = WEEK.filter((day) => quietDays.includes(day)).map((day) => dayName(day, 'short'));
  const when =
    days.length === WEEK.length
      ? t('quiet.every-day', times)
      : t('quiet.some-days', { ...times, days: listed(days) });
  const endMs = quietHoursEndMs(settings, nowMs);
  const now = endMs !== undefined && t('quiet.now', { time: untilWords(endMs, nowMs) });
  return [when, now].filter(Boolean).join(' ');
}
