/**
 * Tabs with automatic activation, after https://www.w3.org/WAI/ARIA/apg/patterns/tabs/: one Tab stop, arrow keys choose
 * a tab and show its panel.
 */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import css from './tabs.module.css';

export interface Tab {
  readonly id: string;
  readonly label: string;
  /** Number of entries, shown beside the label. Missing for tabs without countable entries. */
  readonly count?: number;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly current: string;
  readonly onChoose: (id: string) => void;
  /** Content of the current tab. */
  readonly children: ComponentChildren;
}

export function Tabs({ label, tabs, current, onChoose, children }: TabsProps) {
  const id = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.currentTarget instanceof HTMLElement)) return;
    const at = tabs.findIndex((tab) => tab.id === current);
    const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const place = (isRtl ? RTL_MOVES : MOVES)[event.key]?.(at, tabs.length);
    const tab = place === undefined ? undefined : tabs.at(place % tabs.length);
    if (!tab) return;
    event.preventDefault();
    onChoose(tab.id);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${tab.id}"]`)?.focus();
  };
  return (
    <>
      <div
        role="tablist"
        tabIndex={-1}
        aria-label={label}
        class={css['tabs']}
        onKeyDown={onKeyDown}
      >
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-${tab.id}`}
            class={css['tab']}
            data-tab={tab.id}
            aria-selected={tab.id === current}
            aria-controls={`${id}-panel`}
            tabIndex={tab.id === current ? 0 : -1}
            onClick={() => onChoose(tab.id)}
          >
            {tab.label}
            {tab.count !== undefined && tab.count > 0 && <span>{tab.count}</span>}
          </button>
        ))}
      </div>
      <div
        key={current}
        role="tabpanel"
        id={`${id}-panel`}
        class={css['panel']}
        tabIndex={0}
        aria-labelledby={`${id}-${current}`}
      >
        {children}
      </div>
    </>
  );
}

type Move = (at: number, count: number) => number;
const next: Move = (at) => at + 1;
const previous: Move = (at) => at - 1;
const ENDS = { Home: () => 0, End: (_at, count) => count - 1 } satisfies Record<string, Move>;
const MOVES: Record<string, Move> = { ...ENDS, ArrowRight: next, ArrowLeft: previous };
/** For languages that are written from right to left. */
const RTL_MOVES: Record<string, Move> = { ...ENDS, ArrowRight: previous, ArrowLeft: next };
