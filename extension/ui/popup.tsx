/** The popup: header with counts, list of agents, state of the connections. */
import type { Signal } from '@preact/signals';
import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/list.ts';
import { AgentList } from './list/agent-list.tsx';
import { Announcer } from './parts/announcer.tsx';
import { ConnectionBar } from './parts/connection-bar.tsx';
import { focusList } from './list/focus-list.ts';
import { Glyph } from './parts/glyph.tsx';
import { GroupMenu } from './list/group-menu.tsx';
import { groupingOf } from './list/groups.ts';
import { KeyHelp, showKeyHelp } from './parts/key-help.tsx';
import type { Model } from './model.ts';
import { PairingForm } from './form/pairing-form.tsx';
import css from './popup.module.css';
import { questionsOf } from './question/questions.ts';
import { PauseMenu, PauseBar } from './parts/notification-pause.tsx';
import { rowCount, sectionsOf } from './list/rows.ts';
import hidden from './parts/visually-hidden.module.css';
import type { Undo } from './undo.ts';
import { UNDO_KEY } from './undo.ts';
import { UndoToast } from './parts/undo-toast.tsx';

export function Popup({ model }: { model: Model }) {
  const pairAt = useSignal<string | undefined>(undefined);
  const search = useSignal('');
  const { undo } = model;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event, undo);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [undo]);
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
      <Header model={model} />
      <Search text={search} model={model} />
      <main class={css['list']}>
        {lists.map((services) => (
          <AgentList
            key={services[0]?.service.id}
            model={model}
            services={services}
            by={by}
            isOneOfSeveral={lists.length > 1}
            search={search.value}
          />
        ))}
      </main>
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
      <Announcer model={model} />
      <KeyHelp />
    </div>
  );
}

/** `/` searches, `?` shows the shortcuts, `z` undoes, ↓ moves into the list from anywhere. */
function onKey(event: KeyboardEvent, undo: Undo): void {
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

function Header({ model }: { model: Model }) {
  const counts = useComputed(() => {
    const all = model.paired.value.map(({ service, view }) => sectionsOf(view.fleet, service.user));
    const questions = model.paired.value.map(({ view }) => questionsOf(view.fleet).length);
    const total = (id: 'failed' | 'lost' | 'running') =>
      all.reduce((sum, sections) => sum + rowCount(sections, id), 0);
    const needsYou = questions.reduce((sum, count) => sum + count, 0);
    return { needsYou, failed: total('failed'), lost: total('lost'), running: total('running') };
  });
  const { needsYou, failed, lost, running } = counts.value;
  return (
    <header class={css['header']}>
      <h1>Agentlight</h1>
      <span class={css['counts']}>
        {needsYou > 0 && (
          <Count
            glyph="needs-approval"
            words={t('count.needs-you', { count: needsYou })}
            count={needsYou}
          />
        )}
        {failed > 0 && (
          <Count glyph="failed" words={t('count.failed', { count: failed })} count={failed} />
        )}
        {lost > 0 && <Count glyph="lost" words={t('count.lost', { count: lost })} count={lost} />}
        {running > 0 && (
          <Count glyph="running" words={t('count.running', { count: running })} count={running} />
        )}
      </span>
      {model.actions.openSidePanel && (
        <button
          type="button"
          class={css['icon']}
          aria-label={t('side-panel')}
          title={t('side-panel')}
          onClick={() => model.actions.openSidePanel?.()}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <rect x="3.5" y="5" width="17" height="14" rx="2.5" />
            <path d="M14.5 5v14" />
          </svg>
        </button>
      )}
      <PauseMenu model={model} />
      <button
        type="button"
        class={css['icon']}
        aria-label={t('options')}
        title={t('options')}
        onClick={() => model.actions.openOptions()}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 7h10m4 0h2M4 17h2m4 0h10" />
          <circle cx="16" cy="7" r="2.2" />
          <circle cx="8" cy="17" r="2.2" />
        </svg>
      </button>
    </header>
  );
}

interface CountProps {
  readonly glyph: 'needs-approval' | 'failed' | 'lost' | 'running';
  readonly count: number;
  readonly words: string;
}

function Count({ glyph, count, words }: CountProps) {
  return (
    <span class={css['count']} title={words}>
      <Glyph name={glyph} />
      <span aria-hidden="true">{count}</span>
      <span class={hidden['visually-hidden']}>{words}</span>
    </span>
  );
}
