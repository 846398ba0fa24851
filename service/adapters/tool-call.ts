/** Shows a coding agent's tool call: as one line, and completely. */
import { LIMITS } from '../../protocol/wire/limits.ts';
import type { JsonObject } from './json.ts';
import { nonEmptyString } from './json.ts';
import { cut, firstLine, plainName } from './shown-text.ts';

/** The input fields that describe a call best, in order of preference. */
const DESCRIPTIVE_FIELDS = [
  'command',
  'file_path',
  'notebook_path',
  'path',
  'pattern',
  'url',
  'query',
  'prompt',
  'description',
  'skill',
];

/** A line such as `Bash: npm test`. */
export function callLine(name: string, input: JsonObject): string {
  const text = DESCRIPTIVE_FIELDS.flatMap((key) => nonEmptyString(input[key]) ?? [])[0] ?? '';
  const line = firstLine(text, 200);
  return cut(line === undefined ? name : `${name}: ${line}`, 200);
}

/** The complete call: a command as it is, an edit as removed and added lines, anything else as JSON. */
export function exactCall(input: JsonObject): string {
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

/** The call, cut to the length that an event may have. */
export function callInput(input: JsonObject): string {
  return cut(exactCall(input), LIMITS.outputChars);
}

/** An id that is unique among the calls of one run; undefined if it is missing. */
export function callId(id: unknown): string | undefined {
  const text = nonEmptyString(id);
  return text === undefined ? undefined : cut(text, 200);
}

export function toolName(name: unknown): string {
  return plainName(nonEmptyString(name) ?? '', LIMITS.nameChars) || 'tool';
}

/** A valid step id: letters, digits and a few other characters. */
export function stepId(prefix: string, id: string): string {
  return `${prefix}-${id.replace(/[^A-Za-z0-9._-]/g, '_')}`.slice(0, 100);
}
