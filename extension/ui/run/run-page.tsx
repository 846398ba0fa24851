/** The page of one run, or of all runs of an agent. */
import { t } from '../../i18n/run.ts';
import type { PageTarget } from '../../shared/pages.ts';
import { ConnectionBar } from '../parts/connection-bar.tsx';
import type { Model } from '../model.ts';
import { Empty } from './empty.tsx';
import { History } from './history/history.tsx';
import type { RunReader } from './model.ts';
import { RunPane } from './run-pane.tsx';
import css from './run-page.module.css';

interface RunPageProps {
  readonly model: Model;
  readonly reading: RunReader;
  readonly target: PageTarget | undefined;
  readonly firstTab: string;
  readonly onTab: (id: string) => void;
  readonly onShow: (run: string) => void;
  readonly onTitle: (title: string) => void;
}

export function RunPage({
  model,
  reading,
  target,
  firstTab,
  onTab,
  onShow,
  onTitle,
}: RunPageProps) {
  const paired = model.paired.value.find(({ service }) => service.id === target?.service);
  if (!target) return <Empty>{t('page.no-run')}</Empty>;
  if (!paired) {
    return <Empty>{t('page.no-service')}</Empty>;
  }
  const isLive = paired.view.connection.state === 'live';
  return (
    <div class={css['page']}>
      <main class={css['main']}>
        {target.kind === 'run' ? (
          <RunPane
            model={model}
            paired={paired}
            reading={reading}
            run={target.run}
            firstTab={firstTab}
            onTab={onTab}
            onShow={onShow}
            onTitle={onTitle}
          />
        ) : (
          <History
            model={model}
            paired={paired}
            agent={target.agent}
            reading={reading}
            onTitle={onTitle}
          />
        )}
      </main>
      {!isLive && (
        <footer class={css['footer']}>
          <ConnectionBar model={model} paired={paired} onPair={model.actions.openOptions} />
        </footer>
      )}
    </div>
  );
}
