/** Parses the last line of `claude -p --output-format stream-json`: the result and the usage. */
import type { EventData } from '../../../protocol/events/event.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { JsonObject } from '../json.ts';
import { countFrom, isObject, objectOf, nonEmptyString } from '../json.ts';
import { cut, firstLine } from '../shown-text.ts';

type Usage = EventData<'usage.reported'>;

export interface StreamResult {
  readonly failed: boolean;
  readonly message: string;
}

/**
 * Total usage so far. Tokens come from `modelUsage`, because `usage` leaves out subagents; the cost is an
 * estimate by Claude Code. Undefined if the line contains neither.
 */
export function usageOf(result: JsonObject): Usage | undefined {
  const models = Object.entries(objectOf(result['modelUsage'])).filter(([, used]) =>
    isObject(used),
  );
  const perModel = models.map(([, used]) => used as JsonObject);
  const usage = objectOf(result['usage']);
  const tokens = (camel: string, snake: string) =>
    perModel.length > 0 ? sum(perModel.map((used) => used[camel])) : countFrom(usage[snake]);
  const [first] = models.toSorted(([, a], [, b]) => costOf(b) - costOf(a));
  const model = cut(first?.[0] ?? '', 100);
  const costUsd = result['total_cost_usd'];
  return withoutGaps({
    inputTokens: tokens('inputTokens', 'input_tokens'),
    outputTokens: tokens('outputTokens', 'output_tokens'),
    cacheReadTokens: tokens('cacheReadInputTokens', 'cache_read_input_tokens'),
    cacheWriteTokens: tokens('cacheCreationInputTokens', 'cache_creation_input_tokens'),
    costUsd: isAmount(costUsd) ? costUsd : undefined,
    model: model === '' ? undefined : model,
  });
}

function withoutGaps(usage: Usage): Usage | undefined {
  const entries = Object.entries(usage).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function sum(values: readonly unknown[]): number | undefined {
  const counts = values.flatMap((value) => countFrom(value) ?? []);
  return counts.length === 0 ? undefined : countFrom(counts.reduce((all, one) => all + one, 0));
}

function costOf(used: unknown): number {
  const cost = objectOf(used)['costUSD'];
  return isAmount(cost) ? cost : 0;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

const ENDS: Readonly<Record<string, string>> = {
  error_max_turns: 'It reached the maximum number of turns.',
  error_max_budget_usd: 'It reached its budget.',
  error_max_structured_output_retries: 'Its answer did not match the requested format.',
};

/** Whether a `result` line means success. A `subtype` of `success` can still be a failure. */
export function verdictOf(result: JsonObject): StreamResult {
  const subtype = nonEmptyString(result['subtype']) ?? 'success';
  const answer = nonEmptyString(result['result']) ?? '';
  if (result['is_error'] === true || subtype !== 'success') {
    const { errors } = result;
    const list = Array.isArray(errors)
      ? errors.flatMap((error) => nonEmptyString(error) ?? [])
      : [];
    const known = Object.hasOwn(ENDS, subtype) ? ENDS[subtype] : undefined;
    const parts = [known, ...list, answer].filter((text) => text !== undefined && text !== '');
    const message = parts.length > 0 ? parts.join('\n') : `It ended with ${subtype}.`;
    return { failed: true, message: cut(message, LIMITS.messageChars) };
  }
  const deferred = nonEmptyString(objectOf(result['deferred_tool_use'])['name']);
  if (deferred !== undefined) {
    const message = `It stopped to wait for a decision about ${deferred}.`;
    return { failed: false, message: cut(message, LIMITS.messageChars) };
  }
  return { failed: false, message: firstLine(answer, LIMITS.messageChars) ?? 'Done.' };
}

/** Whether a result is that of a background task that ended after the run's own result. */
export function isBackgroundResult(result: JsonObject): boolean {
  return objectOf(result['origin'])['kind'] === 'task-notification';
}
