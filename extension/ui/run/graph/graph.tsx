/** Draws the graph of a run's steps from left to right, with the current state of each step. */
import { useMemo } from 'preact/hooks';
import { t } from '../../../i18n/run.ts';
import type { RunDetail } from '../../../run/detail.ts';
import type { StepItem } from '../../../run/items.ts';
import type { PlacedNode } from '../../../run/layering.ts';
import { layOut } from '../../../run/layering.ts';
import { plainText } from '../../../shared/plain-text.ts';
import { Glyph } from '../../parts/glyph.tsx';
import { Empty } from '../empty.tsx';
import css from './graph.module.css';
import { STEP_GLYPHS } from '../timeline/item-words.ts';

const NODE = { width: 168, height: 40 };
const GAP = { x: 56, y: 16 };
const MARGIN = 16;
/** A wide graph is scaled down to this, so that names stay readable, and then scrolls. */
const MIN_SCALE = 0.85;
/** Characters that fit beside the glyph. */
const NAME_CHARS = 20;

type NodeState = StepItem['state'] | 'waiting';

export function Graph({ detail: { graph, items } }: { detail: RunDetail }) {
  const layout = useMemo(() => graph && layOut(graph), [graph]);
  if (!layout) return <Empty>{t('empty.graph')}</Empty>;
  const stateOf = ({ step }: PlacedNode): NodeState =>
    (items.get(`step:${step}`) as StepItem | undefined)?.state ?? 'waiting';
  const height = layout.places * (NODE.height + GAP.y) - GAP.y + 2 * MARGIN;
  const width = layout.layers * (NODE.width + GAP.x) - GAP.x + 2 * MARGIN;
  // smaller layers are centred
  const perLayer = new Map<number, number>();
  for (const { layer } of layout.nodes) perLayer.set(layer, (perLayer.get(layer) ?? 0) + 1);
  const at = ({ layer, place }: PlacedNode) => {
    const free = layout.places - (perLayer.get(layer) ?? 0);
    return {
      x: MARGIN + layer * (NODE.width + GAP.x),
      y: MARGIN + (place + free / 2) * (NODE.height + GAP.y),
    };
  };
  return (
    <section class={css['scroller']} tabIndex={0} aria-label={t('tab.graph')}>
      <svg
        class={css['graph']}
        viewBox={`0 0 ${width} ${height}`}
        style={{ inlineSize: `clamp(${width * MIN_SCALE}px, 100%, ${width}px)` }}
        role="list"
        aria-label={t('graph.steps')}
      >
        {layout.edges.map(([from, to]) => (
          <path
            key={`${from.step} ${to.step}`}
            class={`${css['edge']} ${stateOf(from) === 'completed' ? css['passed'] : ''}`}
            d={edgePath(at(from), at(to))}
            aria-hidden="true"
          />
        ))}
        {layout.nodes.map((node) => (
          <Node key={node.step} node={node} state={stateOf(node)} {...at(node)} />
        ))}
      </svg>
    </section>
  );
}

interface NodeProps {
  readonly node: PlacedNode;
  readonly state: NodeState;
  readonly x: number;
  readonly y: number;
}

function Node({ node: { name }, state, x, y }: NodeProps) {
  const label = t('step.label', { name, state: t(`step.${state}`) });
  return (
    <g
      role="listitem"
      aria-label={label}
      data-state={state}
      class={`${css['node']} ${css[state]}`}
      transform={`translate(${x} ${y})`}
    >
      <title>{label}</title>
      <rect width={NODE.width} height={NODE.height} rx="8" />
      <svg x="12" y="12" width="16" height="16">
        <Glyph name={state === 'waiting' ? 'queued' : STEP_GLYPHS[state]} />
      </svg>
      <text x="36" y={NODE.height / 2} dominant-baseline="central">
        {plainText(name, NAME_CHARS)}
      </text>
    </g>
  );
}

interface Corner {
  readonly x: number;
  readonly y: number;
}

function edgePath(from: Corner, to: Corner): string {
  const start = { x: from.x + NODE.width, y: from.y + NODE.height / 2 };
  const end = { x: to.x, y: to.y + NODE.height / 2 };
  // an edge that leads back (in a cycle) also starts on the right and ends on the left
  const bend = Math.max(GAP.x / 2, Math.abs(end.x - start.x) / 2);
  return `M${start.x} ${start.y}C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`;
}
