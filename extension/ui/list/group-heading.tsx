/** The heading of a group: name, number of agents, and the most urgent status. Folds the group where possible. */
import { t } from '../../i18n/list.ts';
import type { Status } from '../../../protocol/fleet/status.ts';
import { Glyph } from '../parts/glyph.tsx';
import css from './group-heading.module.css';
import hidden from '../parts/visually-hidden.module.css';
import { statusWords } from '../parts/words.ts';

interface GroupHeadingProps {
  readonly title: string;
  readonly count: number;
  readonly worst?: Status | undefined;
  /** Missing for groups that can't be folded. */
  readonly folding?: Folding;
}

interface Folding {
  readonly group: string;
  readonly isFolded: boolean;
  /** Whether it is the Tab stop of the list. */
  readonly isCurrent: boolean;
  readonly onFocus: () => void;
  readonly onFold: (isOn: boolean) => void;
}

export function GroupHeading({ title, count, worst, folding }: GroupHeadingProps) {
  const words = (
    <>
      {worst && <Glyph name={worst} />}
      <bdi>{title}</bdi> <span>{count}</span>
      {worst && (
        <span class={hidden['visually-hidden']}>
          {t('group.most-urgent', { status: statusWords(worst) })}
        </span>
      )}
    </>
  );
  if (!folding) return <h2 class={css['title']}>{words}</h2>;
  const { group, isFolded, isCurrent, onFocus, onFold } = folding;
  return (
    <h2 class={css['title']}>
      <button
        type="button"
        aria-expanded={!isFolded}
        tabIndex={isCurrent ? 0 : -1}
        data-group={group}
        onFocus={onFocus}
        onClick={() => onFold(!isFolded)}
      >
        {words}
        <svg class={css['fold']} viewBox="0 0 16 16" aria-hidden="true">
          <path d="m4.5 6.5 3.5 3.5 3.5-3.5" />
        </svg>
      </button>
    </h2>
  );
}
