/**
 * What `codex exec --json` prints, as events.
 *
 * One JSON object a line, as in `codex-rs/exec/src/exec_events.rs` of github.com/openai/codex. Types and
 * fields that are not known are passed over, as a newer version may print them.
 */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { JsonObject } from '../json.ts';
import { countOf, objectOf, objectsOf, someText } from '../json.ts';
import type { Ending, EventStream, Said } from '../output/listener.ts';
import { cut, firstLine } from '../shown-text.ts';
import { progressOf } from '../todo-list.ts';
import { callId } from '../tool-call.ts';
import { toolItem } from './tool-item.ts';

type Stage = 'started' | 'updated' | 'completed';

const USAGE_FIELDS = {
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  cacheReadTokens: 'cached_input_tokens',
  cacheWriteTokens: 'cache_write_input_tokens',
} as const;

export class CodexStream implements EventStream {
  /** Tools that are in use, as some are only heard of when they are done. */
  readonly #calls = new Set<string>();
  #value: number | undefined;
  #lastMessage = '';
  #isInTurn = false;
  #verdict: Ending | undefined;

  end(): Ending {
    if (this.#verdict || !this.#isInTurn) return this.#verdict ?? {};
    return { failed: true, message: 'It ended without a result.' };
  }

  hear(line: JsonObject): readonly Said[] {
    switch (line['type']) {
      case 'thread.started':
      case 'turn.started':
        this.#isInTurn = true;
        return [];
      case 'item.started':
        return this.#hearItem('started', objectOf(line['item']));
      case 'item.updated':
        return this.#hearItem('updated', objectOf(line['item']));
      case 'item.completed':
        return this.#hearItem('completed', objectOf(line['item']));
      case 'turn.completed': {
        const message = firstLine(this.#lastMessage, LIMITS.messageChars) ?? 'Done.';
        this.#verdict = { failed: false, message };
        return usageReported(objectOf(line['usage']));
      }
      case 'turn.failed':
        return this.#fail(someText(objectOf(line['error'])['message']));
      case 'error':
        return this.#fail(someText(line['message']));
      default:
        return [];
    }
  }

  #fail(message = 'The turn failed.'): readonly Said[] {
    this.#verdict = { failed: true, message: cut(message, LIMITS.messageChars) };
    return [];
  }

  #hearItem(stage: Stage, item: JsonObject): readonly Said[] {
    const text = someText(item['text']);
    switch (item['type']) {
      case 'agent_message': {
        if (stage !== 'completed' || text === undefined) return [];
        this.#lastMessage = text;
        const data = { role: 'assistant', text: cut(text, LIMITS.outputChars) } as const;
        return [{ type: 'message.added', data }];
      }
      case 'reasoning':
        if (stage !== 'completed' || text === undefined) return [];
        return [{ type: 'thinking.added', data: { text: cut(text, LIMITS.outputChars) } }];
      case 'todo_list':
        return this.#hearTodos(item);
      // not the end of anything, unlike a line of type `error`
      case 'error': {
        const message = someText(item['message']) ?? 'Something went wrong.';
        return [{ type: 'error.reported', data: { message: cut(message, LIMITS.messageChars) } }];
      }
      default:
        return this.#hearTool(stage, item);
    }
  }

  #hearTodos(item: JsonObject): readonly Said[] {
    const data = progressOf(
      objectsOf(item['items']).map(({ text, completed }) => ({
        text: someText(text),
        state: completed === true ? 'done' : 'open',
      })),
    );
    if (!data) return [];
    this.#value = data.value;
    return [{ type: 'run.progress', data }];
  }

  #hearTool(stage: Stage, item: JsonObject): readonly Said[] {
    const call = callId(item['id']);
    const tool = toolItem(item);
    if (call === undefined || !tool || stage === 'updated') return [];
    const said: Said[] = [];
    if (!this.#calls.has(call)) {
      this.#calls.add(call);
      const { name, input, line } = tool;
      const value = this.#value;
      said.push(
        { type: 'tool.started', data: { call, name, input } },
        { type: 'run.progress', data: { ...(value !== undefined && { value }), message: line } },
      );
    }
    if (stage === 'started') return said;
    this.#calls.delete(call);
    const { failure, output, files } = tool;
    if (failure === undefined)
      said.push({ type: 'tool.completed', data: { call, output } }, ...files);
    else said.push({ type: 'tool.failed', data: { call, message: failure } });
    return said;
  }
}

/** Codex counts tokens of the whole thread, and knows no costs. */
function usageReported(usage: JsonObject): readonly Said[] {
  const counts = Object.entries(USAGE_FIELDS).flatMap(([ours, theirs]) => {
    const count = countOf(usage[theirs]);
    return count === undefined ? [] : [[ours, count] as const];
  });
  return counts.length === 0 ? [] : [{ type: 'usage.reported', data: Object.fromEntries(counts) }];
}
