/**
 * How the questions ended that were shown a moment ago. An answered card stays in its place with its outcome, so that
 * the next one does not come under the hand that answered.
 */
import { signal } from '@preact/signals';
import { t } from '../../i18n/list.ts';
import type { ClosedApproval } from '../../../protocol/fleet/fleet.ts';
import type { Paired } from '../model.ts';
import { keyOf } from '../model.ts';
import type { Choice, Question } from './questions.ts';
import { questionLine, questionsOf } from './questions.ts';

/** How long an outcome is shown. */
export const OUTCOME_MS = 5_000;
/** An answer that the stream does not confirm for this long can be given again. */
const CONFIRMATION_TIMEOUT_MS = 10_000;
const LINE_CHARS = 120;
/** Outcomes that are kept, newest last: more are never in their places at once. */
const KEPT_OUTCOMES = 30;

export interface Outcome {
  readonly service: string;
  readonly question: Question;
  readonly tone: Choice['tone'];
  /** What became of it, such as `Approved`. */
  readonly words: string;
  /** What was asked, in one line. */
  readonly line: string;
  /** Height of the card when it was answered. */
  readonly heightPx: number;
  /** Whether the card had the focus. */
  readonly hadFocus: boolean;
  /** Whether it was shown long enough. It stays only while the list keeps its places. */
  readonly isOver: boolean;
}

export interface CardFacts {
  readonly heightPx: number;
  readonly hadFocus: boolean;
  /** Whether the pointer is over it. */
  readonly isHovered: boolean;
}

interface Shown {
  readonly paired: Paired;
  readonly question: Question;
}

export class Answers {
  readonly #outcomes = signal<ReadonlyMap<string, Outcome>>(new Map());
  readonly #sent = signal<ReadonlySet<string>>(new Set());
  readonly #announcement = signal('');
  readonly #factsOf: (key: string) => CardFacts;
  #open: ReadonlyMap<string, Shown> = new Map();
  /** Outcomes that end even while the list keeps its places. */
  readonly #ended = new Set<string>();

  /** @param factsOf reads from the page what a card looks like now. */
  constructor(factsOf: (key: string) => CardFacts) {
    this.#factsOf = factsOf;
  }

  /** Reactive: by the key of the question. */
  get outcomes(): ReadonlyMap<string, Outcome> {
    return this.#outcomes.value;
  }

  /** Reactive: text for screen readers; empty when there is nothing to announce. */
  get announcement(): string {
    return this.#announcement.value;
  }

  /** Reactive: whether an answer is on its way, or accepted and not confirmed by the stream yet. */
  isSent(key: string): boolean {
    return this.#sent.value.has(key);
  }

  send(key: string): void {
    this.#sent.value = new Set(this.#sent.peek()).add(key);
    setTimeout(() => this.refuse(key), CONFIRMATION_TIMEOUT_MS);
  }

  /** The answer was refused: the question can be answered again. */
  refuse(key: string): void {
    if (!this.#sent.peek().has(key)) return;
    const rest = new Set(this.#sent.peek());
    rest.delete(key);
    this.#sent.value = rest;
  }

  /** Whether a card must leave the list even while it keeps its places. */
  hasEnded(key: string): boolean {
    return this.#ended.has(key);
  }

  /** Call it with each change of the fleet, before it is drawn. */
  follow(all: readonly Paired[]): void {
    const open = new Map(
      all.flatMap((paired) =>
        questionsOf(paired.view.fleet).map(
          (question) => [keyOf(paired.service.id, question.id), { paired, question }] as const,
        ),
      ),
    );
    const byService = new Map(all.map((paired) => [paired.service.id, paired]));
    for (const [key, { paired, question }] of this.#open) {
      const now = byService.get(paired.service.id);
      if (open.has(key) || !now) continue;
      this.refuse(key);
      this.#show(key, outcomeOf(now, question), question, now);
    }
    this.#open = open;
    // a question of a run that was out of contact comes back
    const ended = [...this.#outcomes.peek()].filter(([key]) => !open.has(key));
    if (ended.length < this.#outcomes.peek().size) this.#outcomes.value = new Map(ended);
  }

  #show(key: string, told: Told, question: Question, { service }: Paired): void {
    const { heightPx, hadFocus } = this.#factsOf(key);
    const line = questionLine(question, LINE_CHARS);
    const shown = { ...told, service: service.id, question, line, heightPx, hadFocus };
    this.#set(key, { ...shown, isOver: false });
    this.#announcement.value = `${told.words}: ${question.name}, ${line}`;
    setTimeout(() => {
      // below the pointer nothing is in the way: what moves up is disarmed
      if (this.#factsOf(key).isHovered) this.#ended.add(key);
      if (this.#outcomes.peek().has(key)) this.#set(key, { ...shown, isOver: true });
    }, OUTCOME_MS);
  }

  #set(key: string, outcome: Outcome): void {
    const others = [...this.#outcomes.peek()].filter(([known]) => known !== key);
    this.#outcomes.value = new Map([...others, [key, outcome] as const].slice(-KEPT_OUTCOMES));
  }
}

type Told = Pick<Outcome, 'tone' | 'words'>;

function outcomeOf({ service, view }: Paired, question: Question): Told {
  const closed = view.fleet.agents[question.agent]?.closedApprovals?.find(
    ({ id }) => id === question.id,
  );
  if (closed?.outcome !== 'resolved') {
    const words = t(closed?.outcome === 'expired' ? 'outcome.expired' : 'outcome.withdrawn');
    return { tone: 'neutral', words };
  }
  const { tone, what } = answerOf(closed, question);
  const { by } = closed;
  const isMine = by === undefined || by === service.user;
  return { tone, words: isMine ? what : t('outcome.by', { what, name: by }) };
}

function answerOf({ choice: id }: ClosedApproval, { choices }: Question) {
  const choice = choices.find((one) => one.id === id);
  const tone = choice?.tone ?? 'neutral';
  if (tone === 'allow') return { tone, what: t('outcome.approved') };
  if (tone === 'deny') return { tone, what: t('outcome.denied') };
  return { tone, what: choice?.label ?? t('outcome.answered') };
}
