/** The side panel: the list of the popup, and below or beside it the chosen run. */
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { t } from '../../i18n/run.ts';
import type { Model, Paired } from '../model.ts';
import { Popup } from '../popup.tsx';
import type { RunReader } from './model.ts';
import { newestLiveRun } from './history/newest-live-run.ts';
import { RunPane } from './run-pane.tsx';
import css from './side-panel.module.css';

interface SidePanelProps {
  readonly model: Model;
  readonly reading: RunReader;
}

interface Chosen {
  readonly service: string;
  readonly run: string;
}

export function SidePanel({ model, reading }: SidePanelProps) {
  const chosen = useSignal<Chosen | undefined>(undefined);
  const listModel = useMemo(() => {
    const openRun = (service: string, run: string) => {
      chosen.value = { service, run };
    };
    const { openSidePanel: _openSidePanel, ...actions } = model.actions;
    return { ...model, actions: { ...actions, openRun } };
  }, [model, chosen]);
  const shown = chosen.value ?? newestLive(model.paired.value);
  const paired = model.paired.value.find(({ service }) => service.id === shown?.service);
  return (
    <div class={css['panel']}>
      <div class={css['list']}>
        <Popup model={listModel} />
      </div>
      {shown && paired && (
        <aside class={css['run']} aria-label={t('page.run')}>
          <RunPane
            model={model}
            paired={paired}
            reading={reading}
            run={shown.run}
            onShow={(run) => {
              chosen.value = { service: shown.service, run };
            }}
            onOpenTab={() => model.actions.openRun(shown.service, shown.run)}
          />
        </aside>
      )}
    </div>
  );
}

/** The run that is shown until the person chooses one. */
function newestLive(all: readonly Paired[]): Chosen | undefined {
  for (const { service, view } of all) {
    const run = newestLiveRun(view.fleet);
    if (run) return { service: service.id, run: run.id };
  }
  return undefined;
}
