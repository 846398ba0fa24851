/** A button that opens a menu. */
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import css from './menu.module.css';

export interface MenuItem {
  readonly label: string;
  /** Shortcut, shown beside the label. */
  readonly key?: string;
  /** For a menu in which one item is chosen. */
  readonly isChosen?: boolean;
  readonly onChoose: () => void;
}

interface MenuProps {
  /** Label of the button. */
  readonly label: string;
  /** Label of the menu. */
  readonly name: string;
  readonly items: readonly MenuItem[];
  readonly tabIndex?: number;
  /** SVG content of the button, 16 by 16. */
  readonly children: ComponentChildren;
}

export function Menu({ label, name, items, tabIndex = 0, children }: MenuProps) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  return (
    <>
      <button
        type="button"
        class={css['more']}
        tabIndex={tabIndex}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        popovertarget={id}
        onClick={({ currentTarget }) => place(menu.current, currentTarget)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          {children}
        </svg>
      </button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={name}
        class={css['menu']}
        onToggle={({ newState }) => {
          const { current } = menu;
          const chosen = current?.querySelector<HTMLElement>('[aria-checked=true]');
          if (newState === 'open') (chosen ?? current?.querySelector('button'))?.focus();
        }}
        onKeyDown={(event) => move(event, menu.current)}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role={item.isChosen === undefined ? 'menuitem' : 'menuitemradio'}
            aria-checked={item.isChosen}
            onClick={() => {
              menu.current?.hidePopover();
              item.onChoose();
            }}
          >
            {item.label}
            {item.key !== undefined && <kbd>{item.key.toUpperCase()}</kbd>}
          </button>
        ))}
      </div>
    </>
  );
}

/** Places the menu below its button, or above it where there is more room. It scrolls where there is too little. */
function place(menu: HTMLElement | null, button: HTMLElement): void {
  if (!menu) return;
  const { bottom, top, left, right } = button.getBoundingClientRect();
  const isRtl = getComputedStyle(button).direction === 'rtl';
  const below = window.innerHeight - bottom;
  const isLow = top > below;
  menu.style.insetBlockStart = isLow ? 'auto' : `${bottom + 2}px`;
  menu.style.insetBlockEnd = isLow ? `${window.innerHeight - top + 2}px` : 'auto';
  menu.style.maxBlockSize = `${Math.max(top, below) - 4}px`;
  menu.style.insetInlineEnd = `${isRtl ? left : window.innerWidth - right}px`;
}

function move(event: KeyboardEvent, menu: HTMLElement | null): void {
  event.stopPropagation();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !menu) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll('button')];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  items.at((at + step) % items.length)?.focus();
}
