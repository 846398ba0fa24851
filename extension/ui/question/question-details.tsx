/** Exactly what is approved. Where it does not fit, it scrolls and unfolds, with the number of lines below. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/list.ts';
import css from './question-details.module.css';
import { diffOf, pieces } from './details.ts';

export function QuestionDetails({ text }: { text: string }) {
  const box = useRef<HTMLPreElement>(null);
  const lines = useSignal(0);
  const isCut = useSignal(false);
  const isUnfolded = useSignal(false);
  useLayoutEffect(() => {
    const { current } = box;
    if (!current) return;
    lines.value = visualLines(current);
    isCut.value ||= current.scrollHeight > current.clientHeight + 1;
  }, [text, lines, isCut]);
  const diff = diffOf(text);
  return (
    <div class={css['details']} data-unfolded={isUnfolded.value}>
      <pre
        ref={box}
        dir="ltr"
        tabIndex={isCut.value ? 0 : -1}
        aria-label={t('question.details')}
        role="group"
      >
        {diff ? (
          diff.lines.map(({ kind, text: line }, index) => (
            <span key={index} class={css[kind]}>
              <LeftToRight text={`${line}\n`} />
            </span>
          ))
        ) : (
          <LeftToRight text={text} />
        )}
      </pre>
      {(isCut.value || diff) && (
        <p class={css['below']}>
          {diff && (
            <span class={css['changes']}>
              <span>+{diff.added}</span> <span>−{diff.removed}</span>
            </span>
          )}
          {isCut.value && <span>{t('question.lines', { count: lines.value })}</span>}
          {isCut.value && (
            <button
              type="button"
              aria-expanded={isUnfolded.value}
              onClick={() => {
                isUnfolded.value = !isUnfolded.value;
              }}
            >
              {t(isUnfolded.value ? 'question.fold' : 'question.unfold')}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

/** Text in the order in which it is executed, whatever letters it contains. */
export function LeftToRight({ text }: { text: string }) {
  return (
    <bdi dir="ltr">
      {pieces(text).map(({ text: piece, isRtl }, index) =>
        isRtl ? <bdi key={index}>{piece}</bdi> : piece,
      )}
    </bdi>
  );
}

/** Lines as they are shown, a long one wrapped. */
function visualLines(box: HTMLElement): number {
  const { lineHeight, paddingBlockStart, paddingBlockEnd } = getComputedStyle(box);
  const paddingPx = Number.parseFloat(paddingBlockStart) + Number.parseFloat(paddingBlockEnd);
  return Math.round((box.scrollHeight - paddingPx) / Number.parseFloat(lineHeight));
}
