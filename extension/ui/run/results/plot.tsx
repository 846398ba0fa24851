/** Plots one series as a line, with its last and best value as text. */
import { useSignal } from '@preact/signals';
import { listed } from '../../../i18n/language.ts';
import { t } from '../../../i18n/run.ts';
import type { Point, Series } from '../../../run/series.ts';
import { bestOf } from '../../../run/series.ts';
import { atTime } from '../../parts/times.ts';
import css from './plot.module.css';
import type { PlacedPoint } from './plot-lines.ts';
import { nearest, plotOf, short } from './plot-lines.ts';

const SIZE = { width: 320, height: 120 };
/** Space for the labels of the levels, and for half a dot. */
const LEFT = 48;
const EDGE = 8;
/** Space for the labels of the horizontal axis. */
const BOTTOM = 20;

interface PlotFigureProps {
  readonly series: Series;
  /** Defaults to the reported name. */
  readonly name?: string;
  /** Formats a value. Defaults to the short form with its unit. */
  readonly format?: (value: number) => string;
  /** A value that should not be exceeded. */
  readonly limit?: number | undefined;
}

export function PlotFigure(props: PlotFigureProps) {
  const { series, name = series.name, format: formatAll, limit } = props;
  const format = formatAll ?? withUnit(series);
  const { path, placed, levels, limitY } = plotOf(series, SIZE, limit);
  const pointed = useSignal<PlacedPoint | undefined>(undefined);
  const shown = pointed.value ?? placed.at(-1);
  const best = bestOf(series);
  const words = [
    t('plot.values', { count: series.count }),
    series.count > 1 &&
      t('plot.range', { low: format(series.lowest.value), high: format(series.highest.value) }),
    best && t('plot.best', { value: format(best.value) }),
  ].filter((word) => typeof word === 'string');
  const last = t('plot.last', { value: format(series.last.value) });
  return (
    <figure class={css['plot']}>
      <figcaption>
        <bdi class={css['name']}>{name}</bdi>
        <b>{format((pointed.value?.point ?? series.last).value)}</b>
        <span class={css['where']}>{whereWords(pointed.value?.point ?? series.last, series)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${SIZE.width + LEFT + EDGE} ${SIZE.height + EDGE + BOTTOM}`}
        role="img"
        aria-label={t('plot.label', { name, words: listed([...words, last]) })}
        onPointerMove={({ offsetX, currentTarget }) => {
          const scale = (SIZE.width + LEFT + EDGE) / currentTarget.clientWidth;
          pointed.value = nearest(placed, offsetX * scale - LEFT);
        }}
        onPointerLeave={() => {
          pointed.value = undefined;
        }}
      >
        <g transform={`translate(${LEFT} ${EDGE})`}>
          {levels.map(({ at, value }) => (
            <g key={value}>
              <path class={css['level']} d={`M0 ${at}H${SIZE.width}`} />
              <text x="-8" y={at} text-anchor="end" dominant-baseline="central">
                {(formatAll ?? short)(value)}
              </text>
            </g>
          ))}
          {limitY !== undefined && <path class={css['limit']} d={`M0 ${limitY}H${SIZE.width}`} />}
          <text x="0" y={SIZE.height + 14}>
            {placed.length > 1 && whereWords(placed[0]?.point, series)}
          </text>
          <text x={SIZE.width} y={SIZE.height + 14} text-anchor="end">
            {placed.length > 1 && whereWords(placed.at(-1)?.point, series)}
          </text>
          <path class={css['line']} d={path} />
          {shown && <circle class={css['dot']} cx={shown.x} cy={shown.y} r="3.5" />}
        </g>
      </svg>
      <p class={css['words']}>{words.join(' · ')}</p>
    </figure>
  );
}

function withUnit({ unit }: Series): (value: number) => string {
  return (value) => (unit === undefined ? short(value) : `${short(value)} ${unit}`);
}

function whereWords(point: Point | undefined, { hasSteps }: Series): string {
  if (!point) return '';
  return hasSteps ? t('plot.step', { number: short(point.x) }) : atTime(point.x);
}
