/** The progress of a run, as far as it is reported. */
import { t } from '../../../i18n/run.ts';
import type { Run } from '../../../../protocol/fleet/fleet.ts';
import css from './run-header.module.css';

export function Progress({ run: { phase, progress, steps } }: { run: Run }) {
  const ended = steps && steps.completed + steps.failed + steps.skipped;
  const words = [
    phase,
    steps?.current?.name,
    progress?.message,
    steps?.total !== undefined && t('line.steps', { done: ended ?? 0, count: steps.total }),
  ].filter(Boolean);
  if (words.length === 0 && progress?.value === undefined) return null;
  return (
    <div class={css['progress']}>
      {progress?.value !== undefined && (
        <progress value={progress.value} aria-label={t('header.progress')} />
      )}
      <bdi>{words.join(' · ')}</bdi>
    </div>
  );
}
