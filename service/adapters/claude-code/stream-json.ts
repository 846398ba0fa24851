/**
 * Parses the output of `claude -p --output-format stream-json --verbose` into events.
 *
 * It is one JSON object per line: https://code.claude.com/docs/en/headless. Unknown types and fields are
 * ignored, because a newer version may print them.
 */
import type { EventData } from '../../../protocol/events/event.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { JsonObject } from '../json.ts';
import { objectOf, objectsOf, nonEmptyString } from '../json.ts';
import type { OutputVerdict, LineParser, ParsedEvent } from '../output/output-parser.ts';
import { cut } from '../shown-text.ts';
import { callId, callInput, callLine, toolName } from '../tool-call.ts';
import { StreamSteps } from './stream-steps.ts';
import type { StreamResult } from './stream-result.ts';
import { isBackgroundResult, usageOf, verdictOf } from './stream-result.ts';
import { StreamTodos } from './stream-todos.ts';

export class ClaudeStream implements LineParser {
  readonly #steps = new StreamSteps();
  readonly #todos = new StreamTodos();
  /** Share of the to-do list that is done. Each progress event replaces the previous one, so each repeats it. */
  #value: number | undefined;
  #hasBegun = false;
  #verdict: StreamResult | undefined;

  end(): OutputVerdict {
    // without a known line it may be another program, which the exit code describes
    if (!this.#hasBegun) return {};
    return this.#verdict ?? { failed: true, message: 'It ended without a result.' };
  }

  parse(line: JsonObject): readonly ParsedEvent[] {
    switch (line['type']) {
      case 'system':
        return this.#parseSystem(line);
      case 'assistant':
        this.#hasBegun = true;
        return this.#parseAssistant(line);
      case 'user':
        return this.#parseUser(line);
      case 'rate_limit_event':
        return parseRateLimit(objectOf(line['rate_limit_info']));
      case 'result':
        this.#hasBegun = true;
        return this.#parseResult(line);
      default:
        return [];
    }
  }

  #parseSystem(line: JsonObject): readonly ParsedEvent[] {
    switch (line['subtype']) {
      // not always the first line: hooks and plugins may print before it
      case 'init':
        this.#hasBegun = true;
        return [];
      case 'api_retry':
        return [errorReported(retryMessage(line))];
      case 'status':
        return [phase(line['status'] === 'compacting' ? 'compacting' : 'working')];
      default:
        return this.#steps.parse(line);
    }
  }

  #parseAssistant(line: JsonObject): readonly ParsedEvent[] {
    const parent = nonEmptyString(line['parent_tool_use_id']);
    const { content } = objectOf(line['message']);
    const events = blocksOf(content).flatMap((block) => this.#parseBlock(block, parent));
    const error = nonEmptyString(line['error']);
    return error === undefined ? events : [...events, errorReported(error.replaceAll('_', ' '))];
  }

  #parseBlock(block: JsonObject, parent: string | undefined): readonly ParsedEvent[] {
    switch (block['type']) {
      case 'text': {
        const text = nonEmptyString(block['text']);
        if (text === undefined) return [];
        if (parent !== undefined) return this.#steps.progress(parent, text);
        const data = { role: 'assistant', text: cut(text, LIMITS.outputChars) } as const;
        return [{ type: 'message.added', data }];
      }
      case 'thinking': {
        const text = nonEmptyString(block['thinking']);
        if (text === undefined || parent !== undefined) return [];
        return [{ type: 'thinking.added', data: { text: cut(text, LIMITS.outputChars) } }];
      }
      case 'tool_use':
        return this.#parseCall(block, parent);
      default:
        return [];
    }
  }

  #parseCall(block: JsonObject, parent: string | undefined): readonly ParsedEvent[] {
    const call = callId(block['id']);
    if (call === undefined) return [];
    const name = toolName(block['name']);
    const input = objectOf(block['input']);
    const line = callLine(name, input);
    const started: ParsedEvent = {
      type: 'tool.started',
      data: { call, name, input: callInput(input) },
    };
    if (parent !== undefined) return [started, ...this.#steps.progress(parent, line)];
    const progress = this.#todos.parse(name, input);
    if (progress) this.#value = progress.value;
    const shown = progress ?? this.#progress(line);
    return [
      started,
      ...this.#steps.toolStarted(call, name, input),
      { type: 'run.progress', data: shown },
    ];
  }

  #progress(message: string): EventData<'run.progress'> {
    return { ...(this.#value !== undefined && { value: this.#value }), message };
  }

  #parseUser(line: JsonObject): readonly ParsedEvent[] {
    const { content } = objectOf(line['message']);
    return blocksOf(content).flatMap((block): readonly ParsedEvent[] => {
      const call = callId(block['tool_use_id']);
      if (block['type'] !== 'tool_result' || call === undefined) return [];
      const output = cut(plainText(block['content']), LIMITS.outputChars);
      const failed = block['is_error'] === true;
      const ended: ParsedEvent = failed
        ? { type: 'tool.failed', data: { call, message: output } }
        : { type: 'tool.completed', data: { call, output } };
      const failure = failed ? output : undefined;
      return [ended, ...this.#steps.toolEnded(call, failure, line['tool_use_result'])];
    });
  }

  #parseResult(line: JsonObject): readonly ParsedEvent[] {
    const verdict = verdictOf(line);
    // the result of a background task does not turn a failed run into a success
    if (!(isBackgroundResult(line) && this.#verdict?.failed === true)) this.#verdict = verdict;
    const usage = usageOf(line);
    return usage ? [{ type: 'usage.reported', data: usage }] : [];
  }
}

/** The blocks of a message; a plain string is one text block. */
function blocksOf(content: unknown): readonly JsonObject[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content);
}

function plainText(content: unknown): string {
  return blocksOf(content)
    .map(
      (block) =>
        nonEmptyString(block['text']) ?? `[${nonEmptyString(block['type']) ?? 'something'}]`,
    )
    .join('\n');
}

function parseRateLimit(info: JsonObject): readonly ParsedEvent[] {
  return info['status'] === 'rejected' ? [errorReported('The rate limit is reached.')] : [];
}

function retryMessage(line: JsonObject): string {
  const { attempt, max_retries: max, retry_delay_ms: delayMs, error_status: status } = line;
  const error = nonEmptyString(line['error'])?.replaceAll('_', ' ') ?? 'the request failed';
  const code = typeof status === 'number' ? ` (${status})` : '';
  const count =
    typeof attempt === 'number' && typeof max === 'number' ? ` ${attempt} of ${max}` : '';
  const delay = typeof delayMs === 'number' ? ` in ${Math.round(delayMs / 1_000)} s` : '';
  return `API: ${error}${code}. Retry${count}${delay}.`;
}

function errorReported(message: string): ParsedEvent {
  return { type: 'error.reported', data: { message: cut(message, LIMITS.messageChars) } };
}

function phase(name: string): ParsedEvent {
  return { type: 'run.phase', data: { name } };
}
