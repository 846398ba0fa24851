/** When notifications wait, to come as one. */
import { quietHoursEndMs, untilWords } from '../../shared/quiet.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Model } from '../model.ts';
import { save } from './saved.tsx';
import { SwitchRow, Words } from './setting-row.tsx';
import spoken from '../spoken.module.css';
import css from './settings.module.css';

export function QuietSection({ model }: { model: Model }) {
  const { settings } = model.chosen.value;
  return (
    <div class={css['card']}>
      <SwitchRow
        model={model}
        of="quietHours"
        label="Quiet hours"
        help="Notifications wait, and come as one when it is over. The badge goes on counting, in grey."
      />
      <Days model={model} />
      <TimeRow model={model} of="quietFrom" label="From" />
      <TimeRow model={model} of="quietTo" label="To" />
      <SwitchRow
        model={model}
        of="quietLetsQuestionsThrough"
        label="Let questions through"
        help="Agents that wait for you are told of at once"
      />
      <p class={css['note']} aria-live="polite">
        {sentence(settings, model.nowMs.value)}
      </p>
    </div>
  );
}

/** The week begins where people begin it most; 0 is Sunday. */
const WEEK = [1, 2, 3, 4, 5, 6, 0];

function Days({ model }: { model: Model }) {
  const { settings, locked } = model.chosen.value;
  const { quietDays } = settings;
  const isLocked = locked.has('quietDays');
  return (
    <fieldset class={css['row']} disabled={isLocked}>
      <legend class={spoken['spoken']}>Days on which quiet hours begin</legend>
      <Words label="Days" help="On which they begin" isLocked={isLocked} />
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
        help={isNextDay ? 'The next day' : undefined}
        isLocked={locked.has(of)}
      />
      <input
        type="time"
        class={css['time']}
        required
        value={settings[of]}
        disabled={locked.has(of)}
        onChange={({ currentTarget }) => {
          // while it is being typed there may be none
          if (currentTarget.value !== '') void save(model, { [of]: currentTarget.value });
        }}
      />
    </label>
  );
}

function dayName(day: number, weekday: 'short' | 'long'): string {
  // the fourth of January 1970 was a Sunday
  return new Date(1970, 0, 4 + day).toLocaleDateString([], { weekday });
}

function sentence(settings: Settings, nowMs: number): string {
  if (!settings.quietHours) return 'Quiet hours are off.';
  const { quietDays, quietFrom, quietTo } = settings;
  if (quietDays.length === 0) return 'Choose a day.';
  const endMs = quietHoursEndMs(settings, nowMs);
  const days =
    quietDays.length === 7
      ? 'Every day'
      : WEEK.filter((day) => quietDays.includes(day))
          .map((day) => dayName(day, 'short'))
          .join(', ');
  const now = endMs === undefined ? '' : ` It is quiet now, until ${untilWords(endMs, nowMs)}.`;
  return `${days} from ${quietFrom} to ${quietTo}.${now}`;
}
