/** Loads and follows a run while it is shown. */
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n/run.ts';
import type { PairedService } from '../../shared/view.ts';
import { Empty } from './empty.tsx';
import type { RunReader, RunModel } from './model.ts';
import type { RunViewProps } from './run-view.tsx';
import { RunView } from './run-view.tsx';

interface RunPaneProps extends Omit<RunViewProps, 'runModel'> {
  readonly reading: RunReader;
}

export function RunPane({ reading, ...props }: RunPaneProps) {
  const { run } = props;
  const { service } = props.paired;
  const [opened, setOpened] = useState<Opened>();
  useEffect(() => {
    const runModel = reading.openRun(service, run);
    setOpened({ service, run, runModel });
    return () => runModel.close();
  }, [reading, service, run]);
  if (opened?.run !== run || opened.service !== service) return <Empty>{t('page.loading')}</Empty>;
  return <RunView {...props} key={run} runModel={opened.runModel} />;
}

interface Opened {
  /** A service that was paired again is a new object with a new token. */
  readonly service: PairedService;
  readonly run: string;
  readonly runModel: RunModel;
}
