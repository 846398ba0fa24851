/** The timeline as rows: nested steps, and everything else in order of time. Pure. */
import type { Item, TimelineItem } from './items.ts';
import { isConversationItem } from './items.ts';

export interface TimelineRow {
  readonly item: TimelineItem;
  /** 0 at the top level, at most `MAX_DEPTH`. */
  readonly depth: number;
}

const MAX_DEPTH = 8;

/** @param items in order of start. */
export function timelineRows(items: Iterable<Item>): readonly TimelineRow[] {
  const roots: TimelineItem[] = [];
  const children = new Map<string, TimelineItem[]>();
  const startedSteps = new Set<string>();
  for (const item of items) {
    if (isConversationItem(item)) continue;
    const parent = item.kind === 'step' ? item.parent : undefined;
    // a parent must have started earlier, so that no step contains itself
    const isInside = parent !== undefined && startedSteps.has(parent);
    if (isInside) children.set(parent, [...(children.get(parent) ?? []), item]);
    else roots.push(item);
    if (item.kind === 'step') startedSteps.add(item.step);
  }
  const rows: TimelineRow[] = [];
  const stack = roots.toReversed().map((item) => ({ item, depth: 0 }));
  for (let row = stack.pop(); row; row = stack.pop()) {
    rows.push(row);
    const inside = row.item.kind === 'step' ? (children.get(row.item.step) ?? []) : [];
    const depth = Math.min(row.depth + 1, MAX_DEPTH);
    for (const item of inside.toReversed()) stack.push({ item, depth });
  }
  return rows;
}
