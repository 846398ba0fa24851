/** Where things stand in a TOML text (toml.io/en/v1.0.0), so that one can be changed and the rest left alone. */
import { SettingsError } from './settings-error.ts';

export interface TomlEntry {
  /** As it is written, such as `notify` or `tools."web search"`. */
  readonly key: string;
  /** First character of its line, and the one behind the line end. */
  readonly lineStart: number;
  readonly lineEnd: number;
  readonly value: TomlSpan;
}

export interface TomlSpan {
  readonly start: number;
  readonly end: number;
}

const BLANK = /(?:[ \t\r\n]|#[^\n]*)*/y;
const KEY_PART = `(?:[A-Za-z0-9_-]+|"(?:[^"\\\\\\n]|\\\\.)*"|'[^'\\n]*')`;
const KEY = new RegExp(`${KEY_PART}(?:[ \\t]*\\.[ \\t]*${KEY_PART})*`, 'y');
const EQUALS = /[ \t]*=[ \t]*/y;
const REST_OF_LINE = /[ \t]*(?:#[^\n]*|\r)?(?:\n|$)/y;
/** Longest first: three quotes begin a text of several lines. Anything else is a number, a boolean or a date. */
const SCALARS = [
  /"""(?:[^\\"]|\\[^]|"{1,2}(?!"))*"{3,5}/y,
  /'''[^]*?'{3,5}/y,
  /"(?:[^"\\\n]|\\.)*"/y,
  /'[^'\n]*'/y,
  /[^\s,[\]{}#"']+(?: \d\d:[^\s,[\]{}#"']+)?/y,
];

/**
 * The keys before the first table.
 *
 * @throws SettingsError at what can't be TOML.
 */
export function topLevelEntries(text: string): TomlEntry[] {
  const entries: TomlEntry[] = [];
  let position = skip(BLANK, text, startOf(text));
  while (position < text.length && text[position] !== '[') {
    const keyEnd = expect(KEY, text, position);
    const start = expect(EQUALS, text, keyEnd);
    const end = endOfValue(text, start);
    const lineEnd = expect(REST_OF_LINE, text, end);
    const lineStart = Math.max(text.lastIndexOf('\n', position - 1) + 1, startOf(text));
    entries.push({ key: text.slice(position, keyEnd), lineStart, lineEnd, value: { start, end } });
    position = skip(BLANK, text, lineEnd);
  }
  return entries;
}

/**
 * The elements of the array that begins there.
 *
 * @throws SettingsError at what can't be TOML.
 */
export function arrayElements(text: string, start: number): TomlSpan[] {
  const elements: TomlSpan[] = [];
  readArray(text, start, elements);
  return elements;
}

/** Behind a byte order mark, if there is one. */
export function startOf(text: string): number {
  return text.startsWith('\uFEFF') ? 1 : 0;
}

function endOfValue(text: string, start: number): number {
  if (text[start] === '[') return readArray(text, start, []);
  if (text[start] === '{') return endOfInlineTable(text, start);
  for (const scalar of SCALARS) {
    const end = skip(scalar, text, start);
    if (end > start) return end;
  }
  throw unreadable(text, start);
}

function readArray(text: string, open: number, elements: TomlSpan[]): number {
  let position = skip(BLANK, text, open + 1);
  while (text[position] !== ']') {
    const end = endOfValue(text, position);
    elements.push({ start: position, end });
    position = afterComma(text, end, ']');
  }
  return position + 1;
}

function endOfInlineTable(text: string, open: number): number {
  let position = skip(BLANK, text, open + 1);
  while (text[position] !== '}') {
    const value = expect(EQUALS, text, expect(KEY, text, position));
    position = afterComma(text, endOfValue(text, value), '}');
  }
  return position + 1;
}

function afterComma(text: string, end: number, close: string): number {
  const position = skip(BLANK, text, end);
  if (text[position] === ',') return skip(BLANK, text, position + 1);
  if (text[position] === close) return position;
  throw unreadable(text, position);
}

function skip(pattern: RegExp, text: string, position: number): number {
  pattern.lastIndex = position;
  return position + (pattern.exec(text)?.[0].length ?? 0);
}

function expect(pattern: RegExp, text: string, position: number): number {
  pattern.lastIndex = position;
  const match = pattern.exec(text);
  if (!match) throw unreadable(text, position);
  return position + match[0].length;
}

function unreadable(text: string, position: number): SettingsError {
  const line = text.slice(0, position).split('\n').length;
  return new SettingsError(`It is not valid TOML in line ${line}.`);
}
