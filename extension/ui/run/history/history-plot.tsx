/** Outcome and duration of recent runs, one bar each, the newest last. */
import { t } from '../../../i18n/run.ts';
import type { Run } from '../../../../protocol/fleet/fleet.ts';
import { isFinal } from '../../../../protocol/fleet/fleet.ts';
import { runPath } from '../../../shared/pages.ts';
import { exactTime, took } from '../../parts/times.ts';
import { statusWords } from '../../parts/words.ts';
import css from './history.module.css';
import { beganMs, durationOf } from '../header/run-words.ts';

/** More bars would be too thin to point at. */
const MAX_BARS = 100;
const HEIGHT_PX = 64;
const MIN_BAR_PX = 4;

export function HistoryPlot({ runs, service }: { runs: readonly Run[]; service: string }) {
  const ended = runs
    .filter(({ status }) => isFinal(status))
    .slice(0, MAX_BARS)
    .toReversed();
  if (ended.length < 2) return null;
  const longestMs = Math.max(1, ...ended.map(lasted));
  const failed = ended.filter(({ status }) => status === 'failed').length;
  const longest = { failed, total: ended.length, duration: took(longestMs) };
  const words = t('history.plot', longest);
  return (
    <figure class={css['plot']}>
      <div class={css['bars']} role="group" aria-label={words}>
        {ended.map((run) => (
          <a
            key={run.id}
            href={runPath(service, run.id)}
            tabIndex={-1}
            aria-label={wordsOf(run)}
            title={wordsOf(run)}
          >
            <i
              class={css[run.status]}
              style={{
                blockSize: `${MIN_BAR_PX + (lasted(run) / longestMs) * (HEIGHT_PX - MIN_BAR_PX)}px`,
              }}
            />
          </a>
        ))}
      </div>
      <figcaption>{words}</figcaption>
    </figure>
  );
}

function lasted(run: Run): number {
  return durationOf(run, 0) ?? 0;
}

function wordsOf(run: Run): string {
  const began = beganMs(run);
  const known = { status: statusWords(run.status), duration: took(lasted(run)) };
  return began === undefined
    ? t('history.bar', known)
    : t('history.bar-at', { ...known, time: exactTime(began) });
}
