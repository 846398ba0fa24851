/** Parses the items of `codex exec --json` that are tool calls. */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { JsonObject } from '../json.ts';
import { objectOf, objectsOf, nonEmptyString } from '../json.ts';
import type { ParsedEvent } from '../output/output-parser.ts';
import { cut } from '../shown-text.ts';
import { callInput, callLine, toolName } from '../tool-call.ts';

export interface CodexToolItem {
  readonly name: string;
  readonly input: string;
  /** One line that says what the run is doing. */
  readonly line: string;
  readonly output: string;
  /** The error message; undefined if the call succeeded. */
  readonly failure: string | undefined;
  /** One `file.changed` event for each changed file. */
  readonly files: readonly ParsedEvent[];
}

/** Undefined for an item that is not a known tool call. */
export function toolItem(item: JsonObject): CodexToolItem | undefined {
  switch (item['type']) {
    case 'command_execution':
      return tool(
        'Shell',
        { command: item['command'] },
        item,
        nonEmptyString(item['aggregated_output']),
      );
    case 'file_change': {
      const changes = objectsOf(item['changes']);
      const paths = changes.flatMap(({ path }) => nonEmptyString(path) ?? []).join(', ');
      return { ...tool('Edit', { path: paths }, item), files: changes.flatMap(fileChanged) };
    }
    case 'mcp_tool_call': {
      const name = [item['server'], item['tool']]
        .flatMap((part) => nonEmptyString(part) ?? [])
        .join('.');
      return tool(name, objectOf(item['arguments']), item, resultText(item['result']));
    }
    case 'web_search':
      return tool('Web search', { query: item['query'] }, item);
    case 'collab_tool_call':
      return tool(toolName(item['tool']), { prompt: item['prompt'] }, item);
    default:
      return undefined;
  }
}

function tool(name: string, input: JsonObject, item: JsonObject, output = ''): CodexToolItem {
  return {
    name: toolName(name),
    input: callInput(input),
    line: callLine(toolName(name), input),
    output: cut(output, LIMITS.outputChars),
    failure: failureOf(item, output),
    files: [],
  };
}

function failureOf(item: JsonObject, output: string): string | undefined {
  const { status, exit_code: exitCode } = item;
  if (status !== 'failed' && status !== 'declined') return undefined;
  const error = nonEmptyString(objectOf(item['error'])['message']);
  const ended = status === 'declined' ? 'Declined.' : `Exited with code ${String(exitCode)}.`;
  const headline = typeof exitCode === 'number' || status === 'declined' ? ended : 'Failed.';
  const words = error ?? output;
  return cut(words === '' ? headline : `${headline}\n${words}`, LIMITS.outputChars);
}

function resultText(result: unknown): string {
  return objectsOf(objectOf(result)['content'])
    .flatMap((block) => nonEmptyString(block['text']) ?? [])
    .join('\n');
}

const CHANGES = { add: 'created', update: 'modified', delete: 'deleted' } as const;

function fileChanged({ path, kind }: JsonObject): readonly ParsedEvent[] {
  const name = nonEmptyString(path);
  if (name === undefined || (kind !== 'add' && kind !== 'update' && kind !== 'delete')) return [];
  const data = { path: cut(name, LIMITS.pathChars), change: CHANGES[kind] };
  return [{ type: 'file.changed', data }];
}
