/** An answered question, in its place for a moment. Nothing that acts lies where its buttons were. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/list.ts';
import type { Guards } from '../guard/guards.ts';
import { focusList } from '../list/focus-list.ts';
import type { Model } from '../model.ts';
import type { GlyphName } from '../parts/glyph.tsx';
import { Glyph } from '../parts/glyph.tsx';
import type { Outcome } from './answers.ts';
import css from './outcome-card.module.css';
import type { Choice } from './questions.ts';
import { LeftToRight } from './question-details.tsx';

const GLYPHS: Record<Choice['tone'], GlyphName> = {
  allow: 'succeeded',
  deny: 'cancelled',
  neutral: 'cancelled',
};

interface OutcomeCardProps {
  readonly model: Model;
  readonly guards: Guards;
  readonly itemKey: string;
  readonly outcome: Outcome;
}

export function OutcomeCard({ model, guards, itemKey, outcome }: OutcomeCardProps) {
  const { service, question, tone, words, line, heightPx, hadFocus } = outcome;
  const { run, name, host } = question;
  const card = useRef<HTMLLIElement>(null);
  const { hold, arming } = guards;
  useLayoutEffect(() => {
    if (hadFocus && card.current) focusNext(card.current, guards);
  }, [hadFocus, guards]);
  useLayoutEffect(() => arming.arm(itemKey), [arming, itemKey]);
  // what lies below keeps its place until the pointer leaves
  const style = hold.isPointerIn ? { minBlockSize: `${heightPx}px` } : {};
  return (
    <li ref={card} class={css['outcome']} style={style} data-item={itemKey} data-outcome={tone}>
      <Glyph name={GLYPHS[tone]} />
      <p class={css['what']}>
        <bdi class={css[tone]}>{words}</bdi>
        {' · '}
        <code>
          <LeftToRight text={line} />
        </code>
      </p>
      {run !== undefined && (
        <button
          type="button"
          class={css['open']}
          onClick={() => model.actions.openRun(service, run)}
        >
          {t('action.view')}
        </button>
      )}
      <p class={css['who']}>
        <bdi>{name}</bdi>
        {host !== undefined && (
          <>
            {' · '}
            <bdi>{host}</bdi>
          </>
        )}
      </p>
    </li>
  );
}

/** The next question, else the first one, else the list. What gets the focus takes no key for a moment. */
function focusNext(card: HTMLElement, { arming, hold }: Guards): void {
  const questions = [...document.querySelectorAll<HTMLElement>('li[data-question]')];
  const next =
    questions.find((one) => card.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) ??
    questions[0];
  if (!next) {
    focusList();
    return;
  }
  const key = next.dataset['item'];
  if (key !== undefined) arming.disarm(key, 'appeared');
  next.focus({ preventScroll: hold.isPointerIn });
}
