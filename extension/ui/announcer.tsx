/** Tells screen readers what is asked and what turned bad, and nothing else: times and progress would never be quiet. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { t } from '../i18n/list.ts';
import type { Model } from './model.ts';
import { questionsOf } from './questions.ts';
import { sectionsOf } from './rows.ts';
import css from './spoken.module.css';

/** What comes within this time is said in one sentence. */
const GATHER_MS = 1_000;

export function Announcer({ model }: { model: Model }) {
  const words = useSignal('');
  const known = useRef<ReadonlySet<string> | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const fresh = useRef<string[]>([]);
  useSignalEffect(() => {
    const troubles = model.paired.value.flatMap(({ service, view }) => [
      ...questionsOf(view.fleet).map(({ name, title }) => t('asks', { name, title })),
      ...sectionsOf(view.fleet, service.user)
        .filter(({ id }) => id === 'failed' || id === 'lost')
        .flatMap(({ id, rows }) =>
          rows.map(({ name }) => t(id === 'failed' ? 'told.failed' : 'told.lost', { name })),
        ),
    ]);
    const before = known.current;
    known.current = new Set(troubles);
    if (!before) return;
    fresh.current.push(...troubles.filter((trouble) => !before.has(trouble)));
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
