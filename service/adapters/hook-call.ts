/** One call of a tool, as hooks describe it: what it is about, in a few words and exactly. */
import { LIMITS } from '../../protocol/limits.ts';
import { derivedId, hashOf } from './derived-id.ts';
import type { HookInput } from './hook-input.ts';
import { cut, firstLine, plainName, recordOf, textOf } from './hook-input.ts';

export interface ToolCall {
  /** Without an id of its own (a permission has none), the same for the same call. */
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Of name and input: what an approval is bound to. */
  readonly hash: string;
}

export function callOf(input: HookInput): ToolCall {
  const name = plainName(textOf(input['tool_name']), LIMITS.nameChars) || 'tool';
  const toolInput = recordOf(input['tool_input']);
  const hash = hashOf({ tool_name: name, tool_input: toolInput });
  const id = textOf(input['tool_use_id']).slice(0, 200);
  return { id: id || derivedId('call', hash), name, input: toolInput, hash };
}

/** Such as `Bash: npm test`, in one line. */
export function briefly({ name, input }: ToolCall): string {
  const about = FIELDS.map((field) => textOf(input[field])).find((text) => text !== '') ?? '';
  return cut(about === '' ? name : `${name}: ${firstLine(about)}`, 200);
}

/** What says most about a call, in this order. */
const FIELDS = ['command', 'file_path', 'path', 'pattern', 'url', 'query', 'prompt', 'description'];

/** Exactly what will be done, whole. */
export function exactly({ input }: ToolCall): string {
  const { command, file_path: file, old_string: old, new_string: next, content } = input;
  if (typeof command === 'string') return command;
  if (typeof file === 'string' && typeof old === 'string' && typeof next === 'string') {
    return [file, ...marked('-', old), ...marked('+', next)].join('\n');
  }
  if (typeof file === 'string' && typeof content === 'string') return `${file}\n${content}`;
  const { url } = input;
  if (typeof url === 'string' && Object.keys(input).length === 1) return url;
  return JSON.stringify(input, null, 2);
}

function marked(mark: string, text: string): string[] {
  return text.split('\n').map((line) => `${mark} ${line}`);
}
