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

/**
 * The complete call: a command, plan or address as it is, an edit as removed and added lines, and behind it each other
 * argument. A call of no known kind is shown as JSON.
 */
export function exactCall(input: JsonObject): string {
  const { text, shown } = mainPart(input);
  const others = Object.entries(input).filter(([key]) => !shown.includes(key));
  if (text === undefined) return JSON.stringify(input, null, 2);
  if (others.length === 0) return text;
  const lines = others.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `${text}\n\n${lines.join('\n')}`;
}

/** What a person reads first, and the names of the arguments that are in it. */
function mainPart(input: JsonObject): { text?: string; shown: readonly string[] } {
  const { file_path: file, old_string: old, new_string: next, content } = input;
  if (typeof file === 'string' && typeof old === 'string' && typeof next === 'string') {
    const text = [file, ...marked('-', old), ...marked('+', next)].join('\n');
    return { text, shown: ['file_path', 'old_string', 'new_string'] };
  }
  if (typeof file === 'string' && typeof content === 'string') {
    return { text: `${file}\n${content}`, shown: ['file_path', 'content'] };
  }
  for (const key of ['command', 'plan', 'file_path', 'url']) {
    const text = input[key];
    if (typeof text === 'string') return { text, shown: [key] };
  }
  return { shown: [] };
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
