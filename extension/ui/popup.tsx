/** The popup: header with counts, list of agents, state of the connections. */
import type { Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/list.ts';
import { AgentList } from './list/agent-list.tsx';
import { Announcer } from './parts/announcer.tsx';
import { ConnectionBar } from './parts/connection-bar.tsx';
import { focusList } from './list/focus-list.ts';
import type { Guards } from './guard/guards.ts';
import { useGuardedList, useGuards } from './guard/guards.ts';
import type { Hold } from './guard/hold.ts';
import { Counts, Header } from './header.tsx';
import { GroupMenu } from './list/group-menu.tsx';
import { groupingOf } from './list/groups.ts';
import { KeyHelp, showKeyHelp } from './parts/key-help.tsx';
import type { Model } from './model.ts';
import { PairingForm } from './form/pairing-form.tsx';
import css from './popup.module.css';
import { PauseBar } from './parts/notification-pause.tsx';
import type { Undo } from './undo.ts';
import { UNDO_KEY } from './undo.ts';
import { UndoToast } from './parts/undo-toast.tsx';

const LIST_ID = 'list';

export function Popup({ model }: { model: Model }) {
  const pairAt = useSignal<string | undefined>(undefined);
  const search = useSignal('');
  const { undo } = model;
  const guards = useGuards(model);
  const { hold } = guards;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event, undo, hold);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [undo, hold]);
  const paired = model.paired.value;
  if (paired.length === 0) {
    return (
      <main>
        <PairingForm model={model} />
      </main>
    );
  }
  if (pairAt.value !== undefined) {
    const done = () => {
      pairAt.value = undefined;
    };
    return (
      <main>
        <PairingForm model={model} address={pairAt.value} onDone={done} />
      </main>
    );
  }
  const by = groupingOf(model.chosen.value.settings.groupBy, paired.length);
  // grouped by status, each service has its own list
  const lists = by === 'status' ? paired.map((one) => [one]) : [paired];
  return (
    <div class={css['popup']}>
      <Header model={model} hold={guards.hold} onPlace={() => placeNew(guards.hold)} />
      <div class={css['tools']}>
        <Counts model={model} />
        <Search text={search} model={model} />
      </div>
      <ListArea guards={guards}>
        {lists.map((services) => (
          <AgentList
            key={services[0]?.service.id}
            model={model}
            guards={guards}
            services={services}
            by={by}
            isOneOfSeveral={lists.length > 1}
            search={search.value}
          />
        ))}
      </ListArea>
      <footer class={css['footer']}>
        <UndoToast undo={undo} />
        <PauseBar model={model} />
        {paired.map((one) => (
          <ConnectionBar
            key={one.service.id}
            model={model}
            paired={one}
            onPair={() => {
              pairAt.value = one.service.url;
            }}
          />
        ))}
      </footer>
      <Announcer model={model} answers={guards.answers} />
      <KeyHelp />
    </div>
  );
}

interface ListAreaProps {
  readonly guards: Guards;
  readonly children: ComponentChildren;
}

function ListArea({ guards, children }: ListAreaProps) {
  const area = useRef<HTMLElement>(null);
  return (
    <main ref={area} id={LIST_ID} class={css['list']} {...useGuardedList(area, guards)}>
      {children}
    </main>
  );
}

/** Places what waits and goes to it: the urgent is at the top. */
function placeNew(hold: Hold): void {
  hold.place();
  document.getElementById(LIST_ID)?.scrollTo({ top: 0 });
  focusList();
}

/** `/` searches, `?` shows the shortcuts, `z` undoes, `n` shows what is new, ↓ moves into the list from anywhere. */
function onKey(event: KeyboardEvent, undo: Undo, hold: Hold): void {
  const { target, key } = event;
  if (!(target instanceof HTMLElement)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const isTyping = target.matches('input:not([type=search]), textarea, select');
  if (isTyping || target.closest('dialog')) return;
  const isSearching = target.matches('input');
  if (key === '/' && !isSearching) {
    event.preventDefault();
    document.querySelector<HTMLElement>('input[type=search]')?.focus();
  }
  if (key === '?' && !isSearching) showKeyHelp();
  if (key === UNDO_KEY && !isSearching) undo.undo();
  if (key === 'n' && !isSearching && hold.waiting.value > 0) placeNew(hold);
  if (key === 'ArrowDown' && !target.closest('li, aside, [popover]')) {
    event.preventDefault();
    focusList();
  }
}

function Search({ text, model }: { text: Signal<string>; model: Model }) {
  const isOnlyMine = model.chosen.value.settings.show === 'mine';
  const hasOthers = model.paired.value.some(({ service, view }) =>
    Object.values(view.fleet.agents).some(({ owner }) => owner !== service.user),
  );
  return (
    <search class={css['search']}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="7" cy="7" r="4.5" />
        <path d="m10.5 10.5 3 3" />
      </svg>
      <input
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text.value === '') return;
          // the next Escape closes the popup
          event.preventDefault();
          text.value = '';
        }}
      />
      <kbd aria-hidden="true">/</kbd>
      {(hasOthers || isOnlyMine) && (
        <button
          type="button"
          class={css['mine']}
          aria-pressed={isOnlyMine}
          onClick={() => void model.actions.change({ show: isOnlyMine ? 'all' : 'mine' })}
        >
          {t('show.mine')}
        </button>
      )}
      <GroupMenu model={model} />
    </search>
  );
}
