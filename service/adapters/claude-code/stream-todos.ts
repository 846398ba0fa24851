/** Reconstructs Claude Code's to-do list from its tool calls. */
import type { EventData } from '../../../protocol/events/event.ts';
import type { JsonObject } from '../json.ts';
import { objectsOf, nonEmptyString } from '../json.ts';
import type { TodoItem } from '../todo-list.ts';
import { progressOf } from '../todo-list.ts';

/** Further tasks are ignored. A real list has tens of them. */
const MAX_TASKS = 1_000;

export class StreamTodos {
  /** By Claude Code's number, which counts from 1 in the order of creation. */
  readonly #tasks = new Map<string, TodoItem>();
  #created = 0;

  /** The progress after a tool call; undefined if the call does not change the list. */
  parse(tool: string, input: JsonObject): EventData<'run.progress'> | undefined {
    switch (tool) {
      case 'TodoWrite':
        return progressOf(objectsOf(input['todos']).map(todoItem));
      case 'TaskCreate':
        this.#created += 1;
        this.#set(String(this.#created), { text: nonEmptyString(input['subject']), state: 'open' });
        return progressOf([...this.#tasks.values()]);
      case 'TaskUpdate':
        this.#update(input);
        return progressOf([...this.#tasks.values()]);
      default:
        return undefined;
    }
  }

  #update({ taskId, status, subject }: JsonObject): void {
    const id = nonEmptyString(taskId);
    if (id === undefined) return;
    if (status === 'deleted') {
      this.#tasks.delete(id);
      return;
    }
    const known = this.#tasks.get(id);
    const state = status === undefined ? (known?.state ?? 'open') : stateOf(status);
    this.#set(id, { text: nonEmptyString(subject) ?? known?.text, state });
  }

  #set(id: string, item: TodoItem): void {
    if (this.#tasks.size < MAX_TASKS || this.#tasks.has(id)) this.#tasks.set(id, item);
  }
}

function todoItem({ content, activeForm, status }: JsonObject): TodoItem {
  const state = stateOf(status);
  const text =
    (state === 'active' ? nonEmptyString(activeForm) : undefined) ?? nonEmptyString(content);
  return { text, state };
}

function stateOf(status: unknown): TodoItem['state'] {
  if (status === 'completed') return 'done';
  return status === 'in_progress' ? 'active' : 'open';
}
