import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOut } from '../../../extension/run/layering.ts';

const graph = (steps: readonly string[], edges: [string, string][]) => ({
  nodes: steps.map((step) => ({ step, name: step.toUpperCase() })),
  edges,
});

test('each node comes after everything that it waits for', () => {
  const edges: [string, string][] = [
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'd'],
    ['c', 'd'],
    ['a', 'd'],
  ];
  const { nodes, layers, places } = layOut(graph(['d', 'c', 'b', 'a'], edges));
  expect(Object.fromEntries(nodes.map(({ step, layer }) => [step, layer]))).toEqual({
    a: 0,
    b: 1,
    c: 1,
    d: 2,
  });
  expect([layers, places]).toEqual([3, 2]);
});

test('crossing edges are avoided by ordering nodes like their neighbours', () => {
  const edges: [string, string][] = [
    ['a', 'y'],
    ['b', 'x'],
  ];
  const { edges: drawn } = layOut(graph(['a', 'b', 'x', 'y'], edges));
  for (const [from, to] of drawn) expect(from.place).toBe(to.place);
});

test('any graph has a place for each node, and no two nodes share one', () => {
  const steps = ['a', 'b', 'c', 'd', 'e', 'f'];
  const arbitraryEdge = fc.tuple(fc.constantFrom(...steps), fc.constantFrom(...steps));
  fc.assert(
    fc.property(fc.array(arbitraryEdge, { maxLength: 20 }), (edges) => {
      const { nodes, layers, places } = layOut(graph(steps, edges));
      expect(nodes.map(({ step }) => step).toSorted()).toEqual(steps);
      expect(new Set(nodes.map(({ layer, place }) => `${layer}/${place}`)).size).toBe(steps.length);
      for (const { layer, place } of nodes) {
        expect(layer).toBeLessThan(layers);
        expect(place).toBeLessThan(places);
      }
    }),
  );
});
