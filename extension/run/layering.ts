/**
 * Places the nodes of a graph in layers from left to right, each node after all its predecessors (longest path), and
 * orders each layer so that few edges cross. Edges that close a cycle are drawn but ignored for the layout. Pure.
 */
import type { EventData } from '../../protocol/events/event.ts';

type Graph = EventData<'graph.defined'>;

export interface PlacedNode {
  readonly step: string;
  readonly name: string;
  /** Column, and position in the column, both from 0. */
  readonly layer: number;
  readonly place: number;
}

export interface Layout {
  readonly nodes: readonly PlacedNode[];
  /** Only edges between existing nodes. */
  readonly edges: readonly (readonly [from: PlacedNode, to: PlacedNode])[];
  readonly layers: number;
  /** Size of the largest layer. */
  readonly places: number;
}

/** More sweeps change almost nothing. */
const SWEEPS = 4;

export function layOut({ nodes, edges }: Graph): Layout {
  const steps = new Set(nodes.map(({ step }) => step));
  const known = edges.filter(([from, to]) => steps.has(from) && steps.has(to) && from !== to);
  const layerOf = longestPaths([...steps], known);
  const layers: string[][] = [];
  for (const step of steps) (layers[layerOf.get(step) ?? 0] ??= []).push(step);
  orderInside(layers, known);
  const names = new Map(nodes.map(({ step, name }) => [step, name]));
  const placed = new Map(
    layers.flatMap((ofLayer, layer) =>
      ofLayer.map((step, place) => {
        const node: PlacedNode = { step, name: names.get(step) ?? step, layer, place };
        return [step, node] as const;
      }),
    ),
  );
  return {
    nodes: [...placed.values()],
    edges: known.map(([from, to]) => [
      placed.get(from) as PlacedNode,
      placed.get(to) as PlacedNode,
    ]),
    layers: layers.length,
    places: Math.max(...layers.map(({ length }) => length)),
  };
}

/** Length of the longest path to each node, in topological order (Kahn 1962). Cycles are broken at their first node. */
function longestPaths(
  steps: readonly string[],
  edges: readonly (readonly [string, string])[],
): ReadonlyMap<string, number> {
  const following = new Map<string, string[]>(steps.map((step) => [step, []]));
  const openEdges = new Map(steps.map((step) => [step, 0]));
  for (const [from, to] of edges) {
    following.get(from)?.push(to);
    openEdges.set(to, (openEdges.get(to) ?? 0) + 1);
  }
  const layerOf = new Map<string, number>();
  const ready = steps.filter((step) => openEdges.get(step) === 0);
  const isDone = new Set<string>(ready);
  const rest = new Set(steps);
  for (let at = 0; rest.size > 0; at += 1) {
    let step = ready[at];
    if (step === undefined) {
      // all remaining nodes are in cycles or behind them: break one at the first node
      [step] = rest as unknown as Iterable<string> as [string];
      isDone.add(step);
      ready.push(step);
    }
    rest.delete(step);
    const layer = layerOf.get(step) ?? 0;
    layerOf.set(step, layer);
    for (const next of following.get(step) ?? []) {
      if (isDone.has(next)) continue;
      layerOf.set(next, Math.max(layerOf.get(next) ?? 0, layer + 1));
      const left = (openEdges.get(next) ?? 0) - 1;
      openEdges.set(next, left);
      if (left === 0) {
        isDone.add(next);
        ready.push(next);
      }
    }
  }
  return compact(layerOf);
}

/** Removes empty layers, which cycles can leave. */
function compact(layerOf: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const used = [...new Set(layerOf.values())].sort((a, b) => a - b);
  const dense = new Map(used.map((layer, index) => [layer, index]));
  return new Map([...layerOf].map(([step, layer]) => [step, dense.get(layer) ?? 0]));
}

/** Moves each node to the mean position of its neighbours, in alternating directions (Sugiyama 1981). */
function orderInside(layers: string[][], edges: readonly (readonly [string, string])[]): void {
  const before = new Map<string, string[]>();
  const behind = new Map<string, string[]>();
  for (const [from, to] of edges) {
    before.set(to, [...(before.get(to) ?? []), from]);
    behind.set(from, [...(behind.get(from) ?? []), to]);
  }
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForward = sweep % 2 === 0;
    const neighbours = isForward ? before : behind;
    for (const layer of isForward ? layers : layers.toReversed()) {
      const share = new Map(
        layers.flatMap((steps) => steps.map((step, at) => [step, at / steps.length] as const)),
      );
      const middle = new Map(
        layer.map((step) => [step, mean(neighbours.get(step), share) ?? share.get(step) ?? 0]),
      );
      layer.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
    }
  }
}

function mean(steps: readonly string[] = [], of: ReadonlyMap<string, number>): number | undefined {
  if (steps.length === 0) return undefined;
  return steps.reduce((sum, step) => sum + (of.get(step) ?? 0), 0) / steps.length;
}
