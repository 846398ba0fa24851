/** An open question with its full details and its answers, or for a moment how it ended. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/list.ts';
import type { DisarmedReason } from '../guard/arming.ts';
import type { Guards } from '../guard/guards.ts';
import { Glyph } from '../parts/glyph.tsx';
import type { Model, Paired } from '../model.ts';
import { hostOf, keyOf } from '../model.ts';
import css from './question-card.module.css';
import { FreeText } from './free-text.tsx';
import { OutcomeCard } from './outcome-card.tsx';
import { QuestionDetails } from './question-details.tsx';
import type { Choice, Question } from './questions.ts';
import { ago, exactTime, until } from '../parts/times.ts';
import { acknowledgedWords, isAway } from '../parts/words.ts';
import { plainText } from '../../shared/plain-text.ts';

/** As much of the command as a screen reader reads with the name of the card; the rest is in the card. */
const NAME_CHARS = 300;

export interface QuestionCardProps {
  readonly model: Model;
  readonly guards: Guards;
  readonly paired: Paired;
  readonly question: Question;
  /** Shown beside the agent's name, where several services are in one list. */
  readonly serviceName?: string | undefined;
}

interface Given {
  readonly choice?: string;
  readonly text?: string;
}

export function QuestionCard(props: QuestionCardProps) {
  const { model, guards, paired, question } = props;
  const key = keyOf(paired.service.id, question.id);
  const outcome = guards.answers.outcomes.get(key);
  return outcome ? (
    <OutcomeCard model={model} guards={guards} itemKey={key} outcome={outcome} />
  ) : (
    <OpenCard {...props} itemKey={key} />
  );
}

function OpenCard({
  model,
  guards: { arming, answers },
  paired,
  question,
  serviceName,
  itemKey,
}: QuestionCardProps & { readonly itemKey: string }) {
  const { service, view } = paired;
  const { name, host, kind, title, details, choices, acknowledgedBy, run } = question;
  const reasonInput = useRef<HTMLInputElement>(null);
  const isGivingReason = useSignal(false);
  const pending = model.pending.of(itemKey);
  const isRefused = pending?.kind === 'refused';
  useEffect(() => {
    if (isRefused) answers.refuse(itemKey);
  }, [isRefused, answers, itemKey]);
  const disarmed = arming.reasonOf(itemKey);
  const isBusy = pending?.kind === 'answer' || answers.isSent(itemKey);
  const isOff = isBusy || disarmed !== undefined;
  const away = isAway(view.connection);
  const nowMs = away ? view.asOfMs : model.nowMs.value + view.clockOffsetMs;
  const deny = question.takesText ? choices.find(({ tone }) => tone === 'deny') : undefined;
  const answer = (given: Given) => {
    if (isBusy || away || !arming.isArmed(itemKey)) return;
    answers.send(itemKey);
    model.actions.decide(service.id, question.id, { ...given, hash: question.hash });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target !== event.currentTarget) return;
    if (event.shiftKey) {
      if (event.key !== 'D' || !deny) return;
      event.preventDefault();
      isGivingReason.value = true;
      reasonInput.current?.focus();
      return;
    }
    const pressed = event.key.toLowerCase();
    if (pressed === 'o' && run !== undefined) model.actions.openRun(service.id, run);
    const choice = choices.find((one) => one.key === pressed);
    if (choice) answer({ choice: choice.id });
  };
  return (
    <li
      class={css['card']}
      tabIndex={0}
      data-item={itemKey}
      data-question={question.id}
      data-connection={view.connection.state}
      data-away={away}
      data-armed={disarmed === undefined}
      data-moved={disarmed !== undefined && disarmed !== 'appeared'}
      aria-label={labelOf(question)}
      title={hostOf(service)}
      onKeyDown={onKeyDown}
    >
      <Glyph name={kind === 'permission' ? 'needs-approval' : 'needs-input'} />
      <span class={css['name']}>
        <bdi>{name}</bdi>
        {host !== undefined && <bdi class={css['host']}>{host}</bdi>}
        {serviceName !== undefined && <bdi class={css['host']}>{serviceName}</bdi>}
      </span>
      <Times question={question} nowMs={nowMs} />
      <bdi class={css['title']}>{title}</bdi>
      <Beside disarmed={disarmed}>
        {run !== undefined && (
          <button
            type="button"
            class={css['open']}
            onClick={() => model.actions.openRun(service.id, run)}
          >
            {t('action.view')} <kbd aria-hidden="true" data-key="O" />
          </button>
        )}
      </Beside>
      {details !== '' && <QuestionDetails text={details} />}
      <Notes by={acknowledgedWords(acknowledgedBy, service.user)} isAway={away} />
      {pending?.kind === 'refused' && (
        <p class={css['refused']} role="alert">
          {pending.reason}
        </p>
      )}
      {!away && (
        <div class={css['choices']}>
          {choices.map((choice) => (
            <ChoiceButton
              key={choice.id}
              choice={choice}
              agent={name}
              isOff={isOff}
              onPress={() => answer({ choice: choice.id })}
            />
          ))}
        </div>
      )}
      {question.takesText && !away && (
        <FreeText
          inputRef={reasonInput}
          label={isGivingReason.value ? t('question.reason') : t('question.answer')}
          isOff={isOff}
          onLeave={() => {
            isGivingReason.value = false;
          }}
          onSend={(text) =>
            answer({ text, ...(isGivingReason.value && deny && { choice: deny.id }) })
          }
        />
      )}
    </li>
  );
}

/** Contains the command, so that a screen reader says it before the answer is given. */
function labelOf(question: Question): string {
  const { name, title, details } = question;
  if (details === '') return t('question.asks', { name, title });
  return t('question.asks-what', { name, title, what: plainText(details, NAME_CHARS) });
}

function Times({ question, nowMs }: { question: Question; nowMs: number }) {
  const { askedMs, expiresMs } = question;
  const asked = t('question.asked', { time: ago(askedMs, nowMs) });
  const atMs = expiresMs ?? askedMs;
  return (
    <>
      <time class={css['time']} dateTime={new Date(atMs).toISOString()} title={exactTime(atMs)}>
        {expiresMs === undefined ? asked : t('question.expires', { time: until(expiresMs, nowMs) })}
      </time>
      {expiresMs !== undefined && <span class={css['asked']}>{asked}</span>}
    </>
  );
}

interface BesideProps {
  readonly disarmed: DisarmedReason | undefined;
  readonly children: ComponentChildren;
}

/** Beside the title: that the card has moved, else how to open its run. */
function Beside({ disarmed, children }: BesideProps) {
  if (disarmed === undefined || disarmed === 'appeared') return <>{children}</>;
  return <span class={css['moved']}>{t(`question.${disarmed}`)}</span>;
}

function Notes({ by, isAway: away }: { by: string | undefined; isAway: boolean }) {
  return (
    <>
      {by !== undefined && <p class={css['note']}>{by}</p>}
      {away && <p class={css['note']}>{t('question.away')}</p>}
    </>
  );
}

interface ChoiceButtonProps {
  readonly choice: Choice;
  readonly agent: string;
  readonly isOff: boolean;
  readonly onPress: () => void;
}

/** Not `disabled`, which would lose the focus. */
function ChoiceButton({ choice, agent, isOff, onPress }: ChoiceButtonProps) {
  const { label, tone, key } = choice;
  return (
    <button
      type="button"
      class={`${css['choice']} ${css[tone]}`}
      aria-label={t('question.choice', { label, name: agent })}
      aria-keyshortcuts={key}
      aria-disabled={isOff}
      onClick={onPress}
    >
      {label}
      {key !== undefined && <kbd aria-hidden="true" data-key={key.toUpperCase()} />}
    </button>
  );
}
