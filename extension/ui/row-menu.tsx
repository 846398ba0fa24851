/** What else can be asked of an agent, behind three dots. */
import { useId, useRef } from 'preact/hooks';
import css from './row-menu.module.css';
import type { RowAction } from './row-actions.ts';
import { ACTION_KEYS, ACTION_WORDS } from './row-actions.ts';

interface RowMenuProps {
  readonly name: string;
  readonly actions: readonly RowAction[];
  readonly tabIndex: number;
  readonly onAct: (action: RowAction) => void;
}

export function RowMenu({ name, actions, tabIndex, onAct }: RowMenuProps) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  if (actions.length === 0) return null;
  return (
    <>
      <button
        type="button"
        class={css['more']}
        tabIndex={tabIndex}
        aria-label={`More for ${name}`}
        aria-haspopup="menu"
        popovertarget={id}
        onClick={({ currentTarget }) => place(menu.current, currentTarget)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="3" cy="8" r="1.3" />
          <circle cx="8" cy="8" r="1.3" />
          <circle cx="13" cy="8" r="1.3" />
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
          if (newState === 'open') menu.current?.querySelector('button')?.focus();
        }}
        onKeyDown={(event) => move(event, menu.current)}
      >
        {actions.map((action) => (
          <button
            key={action.kind}
            type="button"
            role="menuitem"
            onClick={() => {
              menu.current?.hidePopover();
              onAct(action);
            }}
          >
            {ACTION_WORDS[action.kind]}
            <kbd>{ACTION_KEYS[action.kind].toUpperCase()}</kbd>
          </button>
        ))}
      </div>
    </>
  );
}

/** Below its button, or above where there is no room. */
function place(menu: HTMLElement | null, button: HTMLElement): void {
  if (!menu) return;
  const { bottom, top, right } = button.getBoundingClientRect();
  const isLow = bottom > window.innerHeight * 0.6;
  menu.style.insetBlockStart = isLow ? 'auto' : `${bottom + 2}px`;
  menu.style.insetBlockEnd = isLow ? `${window.innerHeight - top + 2}px` : 'auto';
  menu.style.insetInlineEnd = `${window.innerWidth - right}px`;
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
