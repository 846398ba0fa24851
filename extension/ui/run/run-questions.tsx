/** The open questions of a run, guarded like those of the list. */
import { useRef } from 'preact/hooks';
import { t } from '../../i18n/run.ts';
import type { Run } from '../../../protocol/fleet/fleet.ts';
import { useGuardedList, useGuards } from '../guard/guards.ts';
import type { Model, Paired } from '../model.ts';
import { Announced } from '../parts/announcer.tsx';
import { QuestionCard } from '../question/question-card.tsx';
import type { Question } from '../question/questions.ts';
import css from './run-view.module.css';

interface RunQuestionsProps {
  readonly model: Model;
  readonly paired: Paired;
  readonly run: Run['id'];
  /** The open ones. */
  readonly questions: readonly Question[];
}

export function RunQuestions({ model, paired, run, questions }: RunQuestionsProps) {
  const guards = useGuards(model);
  const list = useRef<HTMLUListElement>(null);
  const guarded = useGuardedList(list, guards);
  const ended = [...guards.answers.outcomes.values()].filter(
    ({ service, question, isOver }) =>
      service === paired.service.id && question.run === run && !isOver,
  );
  const shown = [...questions, ...ended.map(({ question }) => question)].toSorted(
    (a, b) => a.seq - b.seq,
  );
  return (
    <>
      <ul ref={list} class={css['questions']} aria-label={t('section.needs-you')} {...guarded}>
        {shown.map((question) => (
          <QuestionCard
            key={question.id}
            model={model}
            guards={guards}
            paired={paired}
            question={question}
          />
        ))}
      </ul>
      <Announced words={guards.answers.announcement} />
    </>
  );
}
