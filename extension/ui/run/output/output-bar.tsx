/** The toolbar of the output: search, follow, copy. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../../i18n/run.ts';
import { MAX_MATCHES } from '../../../run/search.ts';
import css from './output.module.css';

/** How long "Copied" is shown. */
const CONFIRMED_MS = 1_200;

interface OutputBarProps {
  readonly query: string;
  readonly onSearch: (query: string) => void;
  readonly matches: number;
  /** Index of the current match; -1 without one. */
  readonly current: number;
  /** Undefined when the output is complete. */
  readonly isFollowing: boolean | undefined;
  readonly onStep: (step: 1 | -1) => void;
  readonly onFollow: (isOn: boolean) => void;
  readonly onCopy: () => Promise<void>;
}

export function OutputBar(props: OutputBarProps) {
  const { query, onSearch, matches, current, isFollowing, onStep, onFollow, onCopy } = props;
  const field = useRef<HTMLInputElement>(null);
  const isCopied = useSignal(false);
  useEffect(() => {
    // the browser's own search finds only the lines in view
    const onKey = (event: KeyboardEvent) => {
      const isFind = (event.ctrlKey || event.metaKey) && event.key === 'f';
      // a second press opens the browser's search
      if (!isFind || event.defaultPrevented || document.activeElement === field.current) return;
      event.preventDefault();
      field.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  const copy = async () => {
    await onCopy();
    isCopied.value = true;
    setTimeout(() => {
      isCopied.value = false;
    }, CONFIRMED_MS);
  };
  return (
    <div class={css['bar']}>
      <search class={css['search']}>
        <input
          ref={field}
          type="search"
          aria-label={t('output.search')}
          placeholder={t('output.search')}
          value={query}
          onInput={({ currentTarget }) => {
            onSearch(currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
            if (event.key === 'Escape') onSearch('');
          }}
        />
        <span class={css['count']} role="status">
          {query !== '' && countWords(matches, current)}
        </span>
        <Step
          label={t('output.previous')}
          path="m4 10 4-4 4 4"
          isOff={matches === 0}
          onPress={() => onStep(-1)}
        />
        <Step
          label={t('output.next')}
          path="m4 6 4 4 4-4"
          isOff={matches === 0}
          onPress={() => onStep(1)}
        />
      </search>
      {isFollowing !== undefined && (
        <button
          type="button"
          class={css['button']}
          aria-pressed={isFollowing}
          onClick={() => onFollow(!isFollowing)}
        >
          {t('output.follow')}
        </button>
      )}
      <button type="button" class={css['button']} onClick={() => void copy()}>
        {t(isCopied.value ? 'copied' : 'output.copy')}
      </button>
    </div>
  );
}

interface StepProps {
  readonly label: string;
  readonly path: string;
  readonly isOff: boolean;
  readonly onPress: () => void;
}

function Step({ label, path, isOff, onPress }: StepProps) {
  return (
    <button
      type="button"
      class={css['step']}
      aria-label={label}
      title={label}
      disabled={isOff}
      onClick={onPress}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  );
}

function countWords(matches: number, current: number): string {
  if (matches === 0) return t('output.none');
  const found = { at: current + 1, count: matches };
  return t(matches === MAX_MATCHES ? 'output.match-more' : 'output.match', found);
}
