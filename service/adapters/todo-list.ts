/** A coding agent's to-do list, the only source of its progress. */
import type { EventData } from '../../protocol/events/event.ts';
import { LIMITS } from '../../protocol/wire/limits.ts';
import { cut, firstLine } from './shown-text.ts';

export interface TodoItem {
  /** Undefined if unknown. */
  readonly text?: string | undefined;
  readonly state: 'open' | 'active' | 'done';
}

/** The share of done items, and the current item as the message; undefined for an empty list. */
export function progressOf(items: readonly TodoItem[]): EventData<'run.progress'> | undefined {
  if (items.length === 0) return undefined;
  const done = items.filter(({ state }) => state === 'done').length;
  const current = items.find(({ state }) => state === 'active');
  const next = current ?? items.find(({ state }) => state === 'open');
  const text = firstLine(next?.text ?? '', 200);
  const counted = `${done} of ${items.length}`;
  const message = text === undefined ? `${counted} done` : `${counted}: ${text}`;
  return { value: done / items.length, message: cut(message, LIMITS.messageChars) };
}
