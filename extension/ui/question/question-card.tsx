/** An open question with its full details and its answers. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../../i18n/list.ts';
import { Glyph } from '../parts/glyph.tsx';
import type { Model, Paired } from '../model.ts';
import { hostOf, keyOf } from '../model.ts';
import css from './question-card.module.css';
import type { Choice, Question } from './questions.ts';
import { ago, exactTime } from '../parts/times.ts';
import { acknowledgedWords } from '../parts/words.ts';

/** A new card ignores answers for this long: the key or click was meant for something else. */
const UNARMED_MS = 500;

export interface QuestionCardProps {
  readonly model: Model;
  readonly paired: Paired;
  readonly question: Question;
  /** Shown beside the agent's name, where several services are in one list. */
  readonly serviceName?: string | undefined;
}

export function QuestionCard({ model, paired, question, serviceName }: QuestionCardProps) {
  const { service, view } = paired;
  const { name, host, kind, title, details, lines, choices, acknowledgedBy } = question;
  const isArmed = useSignal(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      isArmed.value = true;
    }, UNARMED_MS);
    return () => clearTimeout(timer);
  }, [isArmed]);
  const pending = model.pending.of(keyOf(service.id, question.id));
  const isBusy = pending?.kind === 'answer';
  const acknowledged = acknowledgedWords(acknowledgedBy, service.user);
  const nowMs = model.nowMs.value + view.clockOffsetMs;
  const answer = (given: { choice?: string; text?: string }) => {
    if (isBusy || !isArmed.value) return;
    model.actions.decide(service.id, question.id, { ...given, hash: question.hash });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target !== event.currentTarget) return;
    const choice = choices.find(({ key }) => key === event.key.toLowerCase());
    if (choice) answer({ choice: choice.id });
  };
  return (
    <li
      class={css['card']}
      tabIndex={0}
      data-question={question.id}
      data-connection={view.connection.state}
      data-armed={isArmed.value}
      aria-label={t('question.asks', { name, title })}
      title={hostOf(service)}
      onKeyDown={onKeyDown}
    >
      <Glyph name={kind === 'permission' ? 'needs-approval' : 'needs-input'} />
      <span class={css['name']}>
        <bdi>{name}</bdi>
        {host !== undefined && <bdi class={css['host']}>{host}</bdi>}
        {serviceName !== undefined && <bdi class={css['host']}>{serviceName}</bdi>}
      </span>
      <time
        class={css['time']}
        dateTime={new Date(question.askedMs).toISOString()}
        title={exactTime(question.askedMs)}
      >
        {t('question.asked', { time: ago(question.askedMs, nowMs) })}
      </time>
      <bdi class={css['title']}>{title}</bdi>
      {details !== '' && <Details text={details} lines={lines} />}
      {acknowledged !== undefined && <p class={css['note']}>{acknowledged}</p>}
      {pending?.kind === 'refused' && (
        <p class={css['refused']} role="alert">
          {pending.reason}
        </p>
      )}
      <div class={css['choices']}>
        {choices.map((choice) => (
          <ChoiceButton
            key={choice.id}
            choice={choice}
            agent={name}
            isBusy={isBusy}
            onPress={() => answer({ choice: choice.id })}
          />
        ))}
      </div>
      {question.takesText && <FreeText isBusy={isBusy} onSend={(text) => answer({ text })} />}
    </li>
  );
}

/** The complete details. Where they don't fit, they scroll, with the number of lines below. */
function Details({ text, lines }: { text: string; lines: number }) {
  return (
    <div class={css['details']}>
      <pre dir="ltr" tabIndex={lines > 6 ? 0 : -1} aria-label={t('question.details')}>
        <bdi>{text}</bdi>
      </pre>
      {lines > 6 && <span class={css['lines']}>{t('question.lines', { count: lines })}</span>}
    </div>
  );
}

interface ChoiceButtonProps {
  readonly choice: Choice;
  readonly agent: string;
  readonly isBusy: boolean;
  readonly onPress: () => void;
}

function ChoiceButton({ choice, agent, isBusy, onPress }: ChoiceButtonProps) {
  const { label, tone, key } = choice;
  return (
    <button
      type="button"
      class={`${css['choice']} ${css[tone]}`}
      aria-label={t('question.choice', { label, name: agent })}
      aria-keyshortcuts={key}
      disabled={isBusy}
      onClick={onPress}
    >
      {label}
      {key !== undefined && <kbd aria-hidden="true" data-key={key.toUpperCase()} />}
    </button>
  );
}

function FreeText({ isBusy, onSend }: { isBusy: boolean; onSend: (text: string) => void }) {
  const text = useSignal('');
  return (
    <form
      class={css['free']}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.value.trim() !== '') onSend(text.value);
      }}
    >
      <input
        aria-label={t('question.answer')}
        placeholder={t('question.answer')}
        maxLength={2_000}
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
        }}
      />
      <button type="submit" class={css['choice']} disabled={isBusy || text.value.trim() === ''}>
        {t('question.send')}
      </button>
    </form>
  );
}
