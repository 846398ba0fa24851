/** Plots of metrics, cost and tokens. */
import { t } from '../../../i18n/run.ts';
import type { Agent } from '../../../../protocol/fleet/fleet.ts';
import type { RunDetail } from '../../../run/detail.ts';
import { dollars } from '../../parts/times.ts';
import { Empty } from '../empty.tsx';
import css from './metrics.module.css';
import { PlotFigure } from './plot.tsx';

export function MetricPlots({ detail, agent }: { detail: RunDetail; agent: Agent | undefined }) {
  const { series, cost, tokens } = detail;
  if (series.size === 0 && !cost && !tokens) {
    return <Empty>{t('empty.metrics')}</Empty>;
  }
  const { costUsdPerRun, tokensPerRun } = agent?.budget ?? {};
  return (
    <div class={css['plots']}>
      {[...series.values()].map((one) => (
        <PlotFigure key={one.name} series={one} />
      ))}
      {cost && (
        <PlotFigure series={cost} name={t('plot.cost')} format={dollars} limit={costUsdPerRun} />
      )}
      {tokens && <PlotFigure series={tokens} name={t('plot.tokens')} limit={tokensPerRun} />}
    </div>
  );
}
