/**
 * Parses the output of `codex exec --json` into events.
 *
 * It is one JSON object per line, as defined in `codex-rs/exec/src/exec_events.rs` of github.com/openai/codex.
 * Unknown types and fields are ignored, because a newer version may print them.
 */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { JsonObject } from '../json.ts';
import { countFrom, objectOf, objectsOf, nonEmptyString } from '../json.ts';
import type { OutputVerdict, LineParser, ParsedEvent } from '../output/output-parser.ts';
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

export class CodexStream implements LineParser {
  /** Running tool calls. Codex reports some tools only when they are completed. */
  readonly #calls = new Set<string>();
  #value: number | undefined;
  #lastMessage = '';
  #isInTurn = false;
  #verdict: OutputVerdict | undefined;

  end(): OutputVerdict {
    if (this.#verdict || !this.#isInTurn) return this.#verdict ?? {};
    return { failed: true, message: 'It ended without a result.' };
  }

  parse(line: JsonObject): readonly ParsedEvent[] {
    switch (line['type']) {
      case 'thread.started':
      case 'turn.started':
        this.#isInTurn = true;
        return [];
      case 'item.started':
        return this.#parseItem('started', objectOf(line['item']));
      case 'item.updated':
        return this.#parseItem('updated', objectOf(line['item']));
      case 'item.completed':
        return this.#parseItem('completed', objectOf(line['item']));
      case 'turn.completed': {
        const message = firstLine(this.#lastMessage, LIMITS.messageChars) ?? 'Done.';
        this.#verdict = { failed: false, message };
        return usageReported(objectOf(line['usage']));
      }
      case 'turn.failed':
        return this.#fail(nonEmptyString(objectOf(line['error'])['message']));
      case 'error':
        return this.#fail(nonEmptyString(line['message']));
      default:
        return [];
    }
  }

  #fail(message = 'The turn failed.'): readonly ParsedEvent[] {
    this.#verdict = { failed: true, message: cut(message, LIMITS.messageChars) };
    return [];
  }

  #parseItem(stage: Stage, item: JsonObject): readonly ParsedEvent[] {
    const text = nonEmptyString(item['text']);
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
        return this.#parseTodos(item);
      // the run continues, unlike after a line of type `error`
      case 'error': {
        const message = nonEmptyString(item['message']) ?? 'Something went wrong.';
        return [{ type: 'error.reported', data: { message: cut(message, LIMITS.messageChars) } }];
      }
      default:
        return this.#parseTool(stage, item);
    }
  }

  #parseTodos(item: JsonObject): readonly ParsedEvent[] {
    const data = progressOf(
      objectsOf(item['items']).map(({ text, completed }) => ({
        text: nonEmptyString(text),
        state: completed === true ? 'done' : 'open',
      })),
    );
    if (!data) return [];
    this.#value = data.value;
    return [{ type: 'run.progress', data }];
  }

  #parseTool(stage: Stage, item: JsonObject): readonly ParsedEvent[] {
    const call = callId(item['id']);
    const tool = toolItem(item);
    if (call === undefined || !tool || stage === 'updated') return [];
    const events: ParsedEvent[] = [];
    if (!this.#calls.has(call)) {
      this.#calls.add(call);
      const { name, input, line } = tool;
      const value = this.#value;
      events.push(
        { type: 'tool.started', data: { call, name, input } },
        { type: 'run.progress', data: { ...(value !== undefined && { value }), message: line } },
      );
    }
    if (stage === 'started') return events;
    this.#calls.delete(call);
    const { failure, output, files } = tool;
    if (failure === undefined)
      events.push({ type: 'tool.completed', data: { call, output } }, ...files);
    else events.push({ type: 'tool.failed', data: { call, message: failure } });
    return events;
  }
}

/** Codex counts the tokens of the whole thread and reports no costs. */
function usageReported(usage: JsonObject): readonly ParsedEvent[] {
  const counts = Object.entries(USAGE_FIELDS).flatMap(([ours, theirs]) => {
    const count = countFrom(usage[theirs]);
    return count === undefined ? [] : [[ours, count] as const];
  });
  return counts.length === 0 ? [] : [{ type: 'usage.reported', data: Object.fromEntries(counts) }];
}
