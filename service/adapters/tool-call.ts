/** How a coding agent's use of a tool is shown: in a few words, and exactly. */
import { LIMITS } from '../../protocol/wire/limits.ts';
import type { JsonObject } from './json.ts';
import { nonEmptyString } from './json.ts';
import { cut, firstLine, plainName } from './shown-text.ts';

/** Members of an input that say the most about it, the best first. */
const TELLING = [
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
  const told = TELLING.flatMap((key) => nonEmptyString(input[key]) ?? [])[0] ?? '';
  const line = firstLine(told, 200);
  return cut(line === undefined ? name : `${name}: ${line}`, 200);
}

/** Exactly what will be done, whole: a command as it is, a change as its lines, the rest as JSON. */
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

/** As much of it as an event may hold. */
export function callInput(input: JsonObject): string {
  return cut(exactCall(input), LIMITS.outputChars);
}

/** An id that tells the calls of one run apart. */
export function callId(id: unknown): string | undefined {
  const text = nonEmptyString(id);
  return text === undefined ? undefined : cut(text, 200);
}

export function toolName(name: unknown): string {
  return plainName(nonEmptyString(name) ?? '', LIMITS.nameChars) || 'tool';
}

/** A step's id may only have letters, digits and a few signs. */
export function stepId(prefix: string, id: string): string {
  return `${prefix}-${id.replace(/[^A-Za-z0-9._-]/g, '_')}`.slice(0, 100);
}
