/**
 * Changes to a JSON text (RFC 8259) that leave every other byte as it was: people's settings keep their
 * indentation, the order of their keys, and their way to write a number.
 */
export interface JsonNode {
  readonly kind: 'object' | 'array' | 'scalar';
  /** First character of the value, and the one behind its last. */
  readonly start: number;
  readonly end: number;
  /** Members or elements, in their order. None for a scalar. */
  readonly entries: readonly JsonEntry[];
}

export interface JsonEntry {
  /** Of a member; elements have none. */
  readonly key?: string;
  /** Where its key begins, or the value if it has no key. */
  readonly start: number;
  readonly value: JsonNode;
}

interface NewEntry {
  readonly key?: string;
  readonly value: unknown;
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const LITERAL = /[^\s,\]}]+/y;

/** @throws SyntaxError, as JSON.parse does. A byte order mark is skipped. */
export function parseJson(text: string): JsonNode {
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  JSON.parse(text.slice(start));
  return readValue(text, skip(SPACE, text, start));
}

/** What a node stands for. */
export function valueOf(text: string, { start, end }: JsonNode): unknown {
  return JSON.parse(text.slice(start, end));
}

/** Index of a member; of several with one name the last, which is the one that counts. -1 if there is none. */
export function indexOfKey(node: JsonNode, key: string): number {
  return node.entries.findLastIndex((entry) => entry.key === key);
}

/** Puts an entry behind the last one, laid out as that is; in a text of several lines, not on a line with others. */
export function appendEntry(text: string, container: JsonNode, entry: NewEntry): string {
  const last = container.entries.at(-1);
  if (!last) return fill(text, container, entry);
  const gap = gapBefore(text, container, container.entries.length - 1);
  const newline = gap.lastIndexOf('\n');
  const indent = newline < 0 ? indentInside(text, container) : gap.slice(newline + 1);
  const space = indent === undefined ? gap : `${lineEnd(text)}${indent}`;
  return splice(text, last.value.end, last.value.end, `,${space}${render(text, entry, indent)}`);
}

/** Undoes appendEntry, or takes out any other entry together with its comma. */
export function removeEntry(text: string, container: JsonNode, index: number): string {
  const { entries } = container;
  const entry = entries[index] as JsonEntry;
  const [previous, next] = [entries[index - 1], entries[index + 1]];
  if (previous) return splice(text, previous.value.end, entry.value.end, '');
  if (next) return splice(text, entry.start, next.start, '');
  return splice(text, container.start + 1, container.end - 1, spaceOfOld(text, container));
}

/** Whether a container with one entry was there, empty, before appendEntry put that in. */
export function wasEmpty(text: string, container: JsonNode): boolean {
  return markedSpace(text, container) !== '';
}

/** Puts another value in the place of one. */
export function replaceValue(text: string, node: JsonNode, value: unknown): string {
  const indent = text.slice(node.start, node.end).includes('\n')
    ? indentAt(text, node.start)
    : undefined;
  return splice(text, node.start, node.end, render(text, { value }, indent));
}

/**
 * The first entry of an empty container. A blank behind the bracket marks that the container was there before,
 * so that removing the entry restores it rather than taking it away, too. The root is always there.
 */
function fill(text: string, container: JsonNode, entry: NewEntry): string {
  const isRoot = text.slice(0, container.start).trim() === '';
  const old = text.slice(container.start + 1, container.end - 1);
  const marked = isRoot && old === '' ? '' : `${old} `;
  const base = indentAt(text, container.start);
  const indent = isRoot ? `${base}${indentUnit(text)}` : indentInside(text, container);
  const [before, after] =
    indent === undefined ? ['', ''] : [`${lineEnd(text)}${indent}`, `${lineEnd(text)}${base}`];
  const inside = `${marked}${before}${render(text, entry, indent)}${after}`;
  return splice(text, container.start + 1, container.end - 1, inside);
}

function spaceOfOld(text: string, container: JsonNode): string {
  return markedSpace(text, container).slice(0, -1);
}

/** What stands between the bracket and the line of the only entry. */
function markedSpace(text: string, container: JsonNode): string {
  const gap = gapBefore(text, container, 0);
  const newline = gap.lastIndexOf(lineEnd(text));
  return newline < 0 ? gap : gap.slice(0, newline);
}

function gapBefore(text: string, { start, entries }: JsonNode, index: number): string {
  const from = entries[index - 1]?.value.end ?? start + 1;
  const gap = text.slice(from, entries[index]?.start);
  return gap.slice(gap.indexOf(',') + 1);
}

/** @param indent of the line on which it will stand; undefined for all on one line. */
function render(text: string, { key, value }: NewEntry, indent: string | undefined): string {
  const name = key === undefined ? '' : JSON.stringify(key);
  if (indent === undefined) return `${name}${name && ':'}${JSON.stringify(value)}`;
  const lines = JSON.stringify(value, null, indentUnit(text)).split('\n');
  return `${name}${name && ': '}${lines.join(`${lineEnd(text)}${indent}`)}`;
}

/** Of the lines in a container; undefined if the whole text is on one line. */
function indentInside(text: string, { start }: JsonNode): string | undefined {
  return text.trim().includes('\n') ? `${indentAt(text, start)}${indentUnit(text)}` : undefined;
}

function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** That of the first line that has one. Default two blanks. */
function indentUnit(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
}

function indentAt(text: string, position: number): string {
  return skipped(/[ \t]*/y, text, text.lastIndexOf('\n', position) + 1);
}

function splice(text: string, start: number, end: number, replacement: string): string {
  return `${text.slice(0, start)}${replacement}${text.slice(end)}`;
}

/** The text is known to be valid. */
function readValue(text: string, start: number): JsonNode {
  const open = text[start];
  if (open !== '{' && open !== '[') {
    return {
      kind: 'scalar',
      start,
      end: skip(open === '"' ? STRING : LITERAL, text, start),
      entries: [],
    };
  }
  const kind = open === '{' ? 'object' : 'array';
  const entries: JsonEntry[] = [];
  let position = skip(SPACE, text, start + 1);
  while (text[position] !== '}' && text[position] !== ']') {
    const entry = readEntry(text, position, kind);
    entries.push(entry);
    position = skip(SPACE, text, entry.value.end);
    if (text[position] === ',') position = skip(SPACE, text, position + 1);
  }
  return { kind, start, end: position + 1, entries };
}

function readEntry(text: string, start: number, kind: 'object' | 'array'): JsonEntry {
  if (kind === 'array') return { start, value: readValue(text, start) };
  const keyEnd = skip(STRING, text, start);
  const colon = skip(SPACE, text, keyEnd);
  const value = readValue(text, skip(SPACE, text, colon + 1));
  return { key: JSON.parse(text.slice(start, keyEnd)) as string, start, value };
}

function skip(pattern: RegExp, text: string, position: number): number {
  return position + skipped(pattern, text, position).length;
}

function skipped(pattern: RegExp, text: string, position: number): string {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0] ?? '';
}
