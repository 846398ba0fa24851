/**
 * foldDetail(detail, events) → detail: everything about one run, for its page.
 *
 * Pure and total. Any split of the events into batches gives the same result. Events that were folded before and events of
 * unknown types change nothing. Bounded: the oldest items and lines above the limits are dropped and counted.
 */
import type { EventData, LogEvent } from '../../protocol/events/event.ts';
import { METRIC_NAMES } from '../../protocol/wire/limits.ts';
import type { ApprovalItem, Item, StateName, StepItem, ToolUse } from './items.ts';
import type { Series } from './series.ts';
import { addPoint } from './series.ts';
import type { TerminalOutput, OutputStream } from './terminal.ts';
import { NO_OUTPUT, printAll } from './terminal.ts';

export interface RunDetail {
  /** Position of the last event; 0 before the first. */
  readonly seq: number;
  /** Position of the first event. */
  readonly firstSeq: number | undefined;
  /** By the key that later events refer to, in order of start. */
  readonly items: ReadonlyMap<string, Item>;
  /** Number of older items that were dropped. */
  readonly droppedItems: number;
  readonly output: TerminalOutput;
  readonly graph: EventData<'graph.defined'> | undefined;
  readonly series: ReadonlyMap<string, Series>;
  /** Cost so far in US dollars, over time. */
  readonly cost: Series | undefined;
  /** Sum of input and output tokens, over time. */
  readonly tokens: Series | undefined;
  /** Whether the run has ended, so that no relevant events follow. */
  readonly isOver: boolean;
}

/** Above this, the oldest items are dropped. */
export const MAX_ITEMS = 5_000;

export const EMPTY_DETAIL: RunDetail = {
  seq: 0,
  firstSeq: undefined,
  items: new Map(),
  droppedItems: 0,
  output: NO_OUTPUT,
  graph: undefined,
  series: new Map(),
  cost: undefined,
  tokens: undefined,
  isOver: false,
};

/** @param events of one run, in the order of the log. */
export function foldDetail(detail: RunDetail, events: readonly LogEvent[]): RunDetail {
  const fresh = events.filter(({ seq }) => seq > detail.seq);
  const [first] = fresh;
  if (!first) return detail;
  const draft: Draft = {
    ...detail,
    firstSeq: detail.firstSeq ?? first.seq,
    items: new Map(detail.items),
    series: new Map(detail.series),
    printed: [],
  };
  for (const event of fresh) {
    if (event.seq <= draft.seq) continue;
    draft.seq = event.seq;
    apply(draft, event);
  }
  const { printed, ...folded } = draft;
  return { ...folded, output: printAll(detail.output, printed) };
}

interface Draft extends RunDetail {
  seq: number;
  droppedItems: number;
  graph: RunDetail['graph'];
  cost: RunDetail['cost'];
  tokens: RunDetail['tokens'];
  isOver: boolean;
  readonly items: Map<string, Item>;
  readonly series: Map<string, Series>;
  /** Collected, and passed to the terminal once per batch. */
  readonly printed: { readonly stream: OutputStream; readonly text: string }[];
}

function apply(draft: Draft, event: LogEvent): void {
  const { seq, time, actor } = event;
  const common = { seq, time, actor };
  switch (event.type) {
    case 'run.output':
      draft.printed.push(event.data);
      return;
    case 'graph.defined':
      draft.graph = event.data;
      return;
    case 'metric.reported': {
      const { name } = event.data;
      const known = draft.series.get(name);
      if (!known && draft.series.size >= METRIC_NAMES) return;
      draft.series.set(name, addPoint(known, event.data, time));
      return;
    }
    case 'usage.reported':
      return applyUsage(draft, event.data, time);
    case 'run.phase':
      return add(draft, { ...common, kind: 'phase', name: event.data.name });
    case 'error.reported':
      return add(draft, { ...common, kind: 'error', message: event.data.message });
    case 'file.changed':
      return add(draft, { ...common, kind: 'file', file: event.data });
    case 'artifact.created':
      return add(draft, { ...common, kind: 'artifact', artifact: event.data });
    case 'budget.exceeded':
      return add(draft, { ...common, kind: 'budget', exceeded: event.data });
    case 'message.added':
      return add(draft, { ...common, kind: 'message', message: event.data });
    case 'thinking.added':
      return add(draft, { ...common, kind: 'thinking', text: event.data.text });
    case 'step.started':
    case 'step.progress':
    case 'step.completed':
    case 'step.failed':
    case 'step.skipped':
      return applyToStep(draft, event);
    case 'tool.started':
    case 'tool.completed':
    case 'tool.failed':
      return applyToTool(draft, event);
    case 'approval.requested':
    case 'approval.resolved':
    case 'approval.expired':
    case 'approval.withdrawn':
      return applyToApproval(draft, event);
    default: {
      const state = STATES.get(event.type);
      if (state === undefined) return;
      const { message } = event.data as { message?: string };
      if (FINAL.has(state)) end(draft, time);
      return add(draft, { ...common, kind: 'state', state, message });
    }
  }
}

/** Stops everything that still runs when the run ends; an end that is reported later still replaces this. */
function end(draft: Draft, time: string): void {
  draft.isOver = true;
  for (const [key, item] of draft.items) {
    const isOpen = (item.kind === 'step' || item.kind === 'tool') && item.state === 'running';
    if (isOpen) draft.items.set(key, { ...item, state: 'stopped', endedAt: time });
  }
}

function applyUsage(draft: Draft, usage: EventData<'usage.reported'>, time: string): void {
  const { costUsd, inputTokens, outputTokens } = usage;
  if (costUsd !== undefined) {
    draft.cost = addPoint(draft.cost, { name: 'Cost', value: costUsd, unit: 'USD' }, time);
  }
  if (inputTokens !== undefined || outputTokens !== undefined) {
    const value = (inputTokens ?? 0) + (outputTokens ?? 0);
    draft.tokens = addPoint(draft.tokens, { name: 'Tokens', value }, time);
  }
}

const STATES: ReadonlyMap<string, StateName> = new Map(
  (
    [
      'queued',
      'requested',
      'started',
      'paused',
      'resumed',
      'lost',
      'cancel_requested',
      'pause_requested',
      'resume_requested',
      'succeeded',
      'failed',
      'cancelled',
    ] as const
  ).map((state) => [`run.${state}`, state]),
);

const FINAL: ReadonlySet<StateName> = new Set(['succeeded', 'failed', 'cancelled']);

type EventOf<T extends LogEvent['type']> = Extract<LogEvent, { type: T }>;

function applyToStep(draft: Draft, event: EventOf<`step.${string}` & LogEvent['type']>): void {
  const { seq, time, actor } = event;
  const { step } = event.data;
  const key = `step:${step}`;
  const known = draft.items.get(key) as StepItem | undefined;
  if (event.type === 'step.started') {
    const { name, kind, parent } = event.data;
    const began = { ...{ step, name, work: kind, parent }, startedAt: time } as const;
    const first = known ?? { seq, time, actor };
    return add(draft, { ...pick(first), kind: 'step', state: 'running', ...began }, key);
  }
  const name = (event.type === 'step.skipped' ? event.data.name : undefined) ?? known?.name ?? step;
  const before: StepItem = known ?? {
    seq,
    time,
    actor,
    kind: 'step',
    step,
    name,
    state: 'running',
  };
  const { message } = event.data;
  if (event.type === 'step.progress') {
    return add(draft, { ...before, progress: event.data.value, message }, key);
  }
  const { progress: _over, ...rest } = before;
  const state = STEP_ENDS[event.type];
  add(draft, { ...rest, name, state, message, endedAt: time }, key);
}

const STEP_ENDS = {
  'step.completed': 'completed',
  'step.failed': 'failed',
  'step.skipped': 'skipped',
} as const;

function applyToTool(draft: Draft, event: EventOf<`tool.${string}` & LogEvent['type']>): void {
  const { seq, time, actor } = event;
  const { call } = event.data;
  const key = `tool:${call}`;
  if (event.type === 'tool.started') {
    const { name, input } = event.data;
    return add(draft, { seq, time, actor, kind: 'tool', name, input, state: 'running' }, key);
  }
  const known = draft.items.get(key) as ToolUse | undefined;
  const before = known ?? { seq, time, actor, kind: 'tool', name: call };
  const isFailed = event.type === 'tool.failed';
  const result = isFailed ? event.data.message : event.data.output;
  const state = isFailed ? 'failed' : 'completed';
  add(draft, { ...before, state, result, endedAt: time }, key);
}

function applyToApproval(
  draft: Draft,
  event: EventOf<`approval.${string}` & LogEvent['type']>,
): void {
  const { seq, time, actor } = event;
  if (event.type === 'approval.requested') {
    const asked = event.data;
    return add(draft, { seq, time, actor, kind: 'approval', asked }, `approval:${event.id}`);
  }
  const { approval, ...data } = event.data;
  const key = `approval:${approval}`;
  const known = draft.items.get(key) as ApprovalItem | undefined;
  const before = known ?? { seq, time, actor, kind: 'approval', asked: undefined };
  const how = APPROVAL_ENDS[event.type];
  add(draft, { ...before, outcome: { ...data, how, by: actor, at: time } }, key);
}

const APPROVAL_ENDS = {
  'approval.resolved': 'resolved',
  'approval.expired': 'expired',
  'approval.withdrawn': 'withdrawn',
} as const;

function pick({ seq, time, actor }: Pick<Item, 'seq' | 'time' | 'actor'>) {
  return { seq, time, actor };
}

/** Replaces an item with the same key in its place. */
function add(draft: Draft, item: Item, key = `#${item.seq}`): void {
  draft.items.set(key, item);
  if (draft.items.size <= MAX_ITEMS) return;
  const { value: oldest } = draft.items.keys().next();
  if (oldest !== undefined) draft.items.delete(oldest);
  draft.droppedItems += 1;
}
