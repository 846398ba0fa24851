/** Announces new questions and problems to screen readers. Times and progress would never be quiet, so they are left out. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { t } from '../../i18n/list.ts';
import type { Model } from '../model.ts';
import { keyOf } from '../model.ts';
import { questionsOf } from '../question/questions.ts';
import { sectionsOf } from '../list/rows.ts';
import hidden from './visually-hidden.module.css';

/** Changes within this time are announced together. */
const GATHER_MS = 1_000;

export function Announcer({ model }: { model: Model }) {
  const words = useSignal('');
  const known = useRef<ReadonlySet<string> | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const fresh = useRef<string[]>([]);
  useSignalEffect(() => {
    // compared by key, so that a change of the language announces nothing
    const notable = model.paired.value.flatMap(({ service, view }) => [
      ...questionsOf(view.fleet).map(
        ({ id, name, title }) =>
          [keyOf(service.id, id), t('question.asks', { name, title })] as const,
      ),
      ...sectionsOf(view.fleet, service.user).flatMap(({ id, rows }) =>
        id === 'failed' || id === 'lost'
          ? rows.map(
              ({ agent, name }) =>
                [`${id} ${keyOf(service.id, agent)}`, t(`announce.${id}`, { name })] as const,
            )
          : [],
      ),
    ]);
    const before = known.current;
    known.current = new Set(notable.map(([key]) => key));
    if (!before) return;
    fresh.current.push(...notable.filter(([key]) => !before.has(key)).map(([, text]) => text));
    if (fresh.current.length === 0) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      words.value = fresh.current.join(', ');
      fresh.current = [];
    }, GATHER_MS);
  });
  return (
    <p role="status" class={hidden['visually-hidden']}>
      {words.value}
    </p>
  );
}
