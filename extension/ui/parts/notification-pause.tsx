/** Pauses notifications, and shows that they are paused or in quiet hours. */
import { useComputed } from '@preact/signals';
import { t } from '../../i18n/list.ts';
import { quietPeriodAt, tomorrowMorningMs, untilWords } from '../../shared/quiet.ts';
import bar from './connection-bar.module.css';
import { Menu } from './menu.tsx';
import type { Model } from '../model.ts';

const HOUR_MS = 3_600_000;

function useQuietPeriod({ chosen, snoozedUntilMs, nowMs }: Model) {
  return useComputed(() => quietPeriodAt(chosen.value.settings, snoozedUntilMs.value, nowMs.value));
}

/** @param untilMs epoch milliseconds; 0 resumes notifications. */
function pause({ actions, undo, snoozedUntilMs }: Model, untilMs: number): void {
  const beforeMs = snoozedUntilMs.value;
  actions.snooze(untilMs);
  const words = t(untilMs === 0 ? 'undo.resumed' : 'undo.paused');
  undo.offer({ words, undo: () => actions.snooze(beforeMs) });
}

export function PauseMenu({ model }: { model: Model }) {
  const quietPeriod = useQuietPeriod(model);
  const isPaused = quietPeriod.value?.reason === 'paused';
  const items = [
    ...(isPaused ? [{ label: t('pause.resume'), onChoose: () => pause(model, 0) }] : []),
    { label: t('pause.hour'), onChoose: () => pause(model, Date.now() + HOUR_MS) },
    { label: t('pause.morning'), onChoose: () => pause(model, tomorrowMorningMs(Date.now())) },
  ];
  return (
    <Menu label={t('pause.menu')} name={t('pause.menu')} items={items}>
      <BellPath isOff={quietPeriod.value !== undefined} />
    </Menu>
  );
}

/** Empty while notifications are shown at once. */
export function PauseBar({ model }: { model: Model }) {
  const quietPeriod = useQuietPeriod(model).value;
  if (!quietPeriod) return null;
  const isPaused = quietPeriod.reason === 'paused';
  const time = untilWords(quietPeriod.untilMs, model.nowMs.value);
  return (
    <div class={bar['bar']}>
      <svg viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
        <BellPath isOff />
      </svg>
      <span class={bar['words']}>{t(`quiet.${quietPeriod.reason}`, { time })}</span>
      {isPaused && (
        <button type="button" class={bar['button']} onClick={() => pause(model, 0)}>
          {t('pause.resume')}
        </button>
      )}
    </div>
  );
}

/** 16 by 16, in the colour of its text. */
export function BellPath({ isOff = false }: { isOff?: boolean }) {
  return (
    <>
      <path d="M8 1.5a4 4 0 0 0-4 4v2.8L2.6 11a.7.7 0 0 0 .6 1h9.6a.7.7 0 0 0 .6-1L12 8.3V5.5a4 4 0 0 0-4-4Zm-1.7 11.5a1.75 1.75 0 0 0 3.4 0Z" />
      {isOff && <path d="M2 2 14 14.5" fill="none" stroke="var(--bg)" stroke-width="3" />}
      {isOff && (
        <path
          d="M2 2 14 14.5"
          fill="none"
          stroke="currentColor"
          stroke-width="1.4"
          stroke-linecap="round"
        />
      )}
    </>
  );
}
