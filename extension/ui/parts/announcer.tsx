/** Tells screen readers what is asked and what turned bad, and nothing else: times and progress would never be quiet. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { t } from '../../i18n/list.ts';
import type { Model } from '../model.ts';
import { keyOf } from '../model.ts';
import { questionsOf } from '../question/questions.ts';
import { sectionsOf } from '../list/rows.ts';
import css from './spoken.module.css';

/** What comes within this time is said in one sentence. */
const GATHER_MS = 1_000;

export function Announcer({ model }: { model: Model }) {
  const words = useSignal('');
  const known = useRef<ReadonlySet<string> | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const fresh = useRef<string[]>([]);
  useSignalEffect(() => {
    // by what they are about: in another language they are no news
    const troubles = model.paired.value.flatMap(({ service, view }) => [
      ...questionsOf(view.fleet).map(
        ({ id, name, title }) => [keyOf(service.id, id), t('asks', { name, title })] as const,
      ),
      ...sectionsOf(view.fleet, service.user).flatMap(({ id, rows }) =>
        id === 'failed' || id === 'lost'
          ? rows.map(
              ({ agent, name }) =>
                [`${id} ${keyOf(service.id, agent)}`, t(`told.${id}`, { name })] as const,
            )
          : [],
      ),
    ]);
    const before = known.current;
    known.current = new Set(troubles.map(([key]) => key));
    if (!before) return;
    fresh.current.push(...troubles.filter(([key]) => !before.has(key)).map(([, said]) => said));
    if (fresh.current.length === 0) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      words.value = fresh.current.join(', ');
      fresh.current = [];
    }, GATHER_MS);
  });
  return (
    <p role="status" class={css['spoken']}>
      {words.value}
    </p>
  );
}
