/** The output of a run. Only the lines in view are in the page, so that any number of lines scrolls smoothly. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { t } from '../../../i18n/run.ts';
import type { Match } from '../../../run/search.ts';
import { find, NOTHING_FOUND } from '../../../run/search.ts';
import type { Line, TerminalOutput as Printed } from '../../../run/terminal.ts';
import { openLines } from '../../../run/terminal.ts';
import { Empty } from '../empty.tsx';
import { OutputBar } from './output-bar.tsx';
import { OutputLine } from './output-line.tsx';
import css from './output.module.css';
import { useFollowing } from '../use-following.ts';

/** Same as the line height in the style sheet. */
const LINE_PX = 18;
/** Extra lines above and below the view, so that fast scrolling shows no gap. */
const SPARE_LINES = 20;

interface OutputProps {
  readonly output: Printed;
  /** Whether the output is complete. */
  readonly isOver: boolean;
}

export function OutputView({ output, isOver }: OutputProps) {
  const open = openLines(output);
  const count = output.lines.length + open.length;
  const { scroller, topPx, heightPx, isFollowing, onScroll, scrollTo, follow } = useFollowing(
    count * LINE_PX,
    output.dropped * LINE_PX,
  );
  const query = useSignal('');
  const current = useSignal(0);
  const found = useRef(NOTHING_FOUND);
  found.current = find(found.current, query.value, output);
  const { matches } = found.current;
  const chosen = matches[Math.min(current.value, matches.length - 1)];

  const show = (index: number) => {
    const all = found.current.matches;
    const at = (index + all.length) % Math.max(1, all.length);
    const match = all[at];
    if (!match) return;
    current.value = at;
    const line = match.line - output.dropped;
    scrollTo(Math.max(0, line * LINE_PX - heightPx.value / 2));
    // the mark is in the page only after the next render, and may be far to the right
    requestAnimationFrame(() => {
      const mark = scroller.current?.querySelector('[data-match="current"]');
      mark?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
  };
  const search = (text: string) => {
    query.value = text;
    found.current = find(found.current, text, output);
    // starts at the first visible line, not at the first line
    const first = output.dropped + Math.floor(topPx.value / LINE_PX);
    const next = found.current.matches.findIndex(({ line }) => line >= first);
    show(Math.max(0, next));
  };

  const lineAt = (index: number): Line | undefined =>
    output.lines[index] ?? open[index - output.lines.length];
  const from = Math.max(0, Math.floor(topPx.value / LINE_PX) - SPARE_LINES);
  const to = Math.min(count, Math.ceil((topPx.value + heightPx.value) / LINE_PX) + SPARE_LINES);
  const longest = Math.max(output.longest, ...open.map(({ text }) => text.length));
  const inSight = matchesByLine(matches, output.dropped + from, output.dropped + to);
  return (
    <>
      <OutputBar
        query={query.value}
        onSearch={search}
        matches={matches.length}
        current={chosen ? Math.min(current.value, matches.length - 1) : -1}
        isFollowing={isOver ? undefined : isFollowing.value}
        onStep={(step) => show(current.value + step)}
        onFollow={follow}
        onCopy={() => navigator.clipboard.writeText(textOf(output, open))}
      />
      {output.dropped > 0 && (
        <p class={css['dropped']}>{t('output.dropped', { count: output.dropped })}</p>
      )}
      {count === 0 && <Empty>{t(isOver ? 'empty.output-over' : 'empty.output')}</Empty>}
      <section
        ref={scroller}
        class={css['output']}
        tabIndex={0}
        aria-label={t('tab.output')}
        onScroll={onScroll}
      >
        <div
          class={css['lines']}
          style={{ blockSize: `${count * LINE_PX}px`, '--longest': longest }}
        >
          {Array.from({ length: Math.max(0, to - from) }, (_, offset) => {
            const index = from + offset;
            const line = lineAt(index);
            const number = output.dropped + index;
            return (
              line && (
                <OutputLine
                  key={number}
                  line={line}
                  number={number + 1}
                  topPx={index * LINE_PX}
                  matches={inSight.get(number)}
                  length={query.value.length}
                  current={chosen}
                />
              )
            );
          })}
        </div>
      </section>
    </>
  );
}

function matchesByLine(
  matches: readonly Match[],
  from: number,
  to: number,
): ReadonlyMap<number, readonly Match[]> {
  const inSight = matches.filter(({ line }) => line >= from && line < to);
  return Map.groupBy(inSight, ({ line }) => line);
}

function textOf({ lines }: Printed, open: readonly Line[]): string {
  return [...lines, ...open].map(({ text }) => `${text}\n`).join('');
}
