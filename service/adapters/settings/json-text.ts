/**
 * Changes to a JSON text (RFC 8259) that leave every other byte as it was: people's settings keep their
 * indentation, the order of their keys and the way their numbers are written.
 */
import { parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';

/** A value, or a member of an object (type `property`), with its place in the text. */
export type JsonNode = Node;

/** What an entry is made from: a member if it has a key, else an element. */
interface NewEntry {
  readonly key?: string;
  readonly value: unknown;
}

/** @throws SyntaxError, as JSON.parse does. A byte order mark is skipped. */
export function parseJsonText(text: string): JsonNode {
  // a blank in its place keeps all positions
  const json = text.replace(/^\uFEFF/, ' ');
  JSON.parse(json);
  return parseTree(json) as JsonNode;
}

/** The members of an object or the elements of an array, in their order. */
export function entriesOf(container: JsonNode): readonly JsonNode[] {
  return container.children ?? [];
}

export function memberKey(member: JsonNode): string {
  return String(member.children?.[0]?.value);
}

/** The value of a member; an element is its own value. */
export function valueNodeOf(entry: JsonNode): JsonNode {
  return entry.type === 'property' ? (entry.children?.[1] as JsonNode) : entry;
}

/** The member with that key; the last of several, which is the one that counts for JSON.parse. */
export function findMember(node: JsonNode, key: string): JsonNode | undefined {
  if (node.type !== 'object') return undefined;
  return entriesOf(node).findLast((member) => memberKey(member) === key);
}

/** The JavaScript value of a node. */
export function parseNode(text: string, node: JsonNode): unknown {
  return JSON.parse(text.slice(node.offset, endOf(node)));
}

/** Adds an entry behind the last one, laid out as that is; in a text of several lines, on a line of its own. */
export function appendEntry(text: string, container: JsonNode, entry: NewEntry): string {
  const last = entriesOf(container).at(-1);
  if (!last) return fill(text, container, entry);
  const gap = gapBefore(text, last);
  const newline = gap.lastIndexOf('\n');
  const indent = newline < 0 ? indentInside(text, container) : gap.slice(newline + 1);
  const space = indent === undefined ? gap : `${lineEnd(text)}${indent}`;
  const end = endOf(last);
  return splice(text, end, end, `,${space}${render(text, entry, indent)}`);
}

/** Undoes appendEntry, or removes any other entry together with its comma. */
export function removeEntry(text: string, entry: JsonNode): string {
  const container = entry.parent as JsonNode;
  const entries = entriesOf(container);
  const index = entries.indexOf(entry);
  const [previous, next] = [entries[index - 1], entries[index + 1]];
  if (previous) return splice(text, endOf(previous), endOf(entry), '');
  if (next) return splice(text, entry.offset, next.offset, '');
  const oldSpace = markedSpace(text, entry).slice(0, -1);
  return splice(text, container.offset + 1, endOf(container) - 1, oldSpace);
}

/** Whether the container of an only entry was there, empty, before appendEntry added the entry. */
export function wasAddedToEmpty(text: string, entry: JsonNode): boolean {
  return markedSpace(text, entry) !== '';
}

/** Replaces a value by another one. */
export function replaceValue(text: string, node: JsonNode, value: unknown): string {
  const isOnLines = text.slice(node.offset, endOf(node)).includes('\n');
  const indent = isOnLines ? indentAt(text, node.offset) : undefined;
  return splice(text, node.offset, endOf(node), render(text, { value }, indent));
}

/**
 * Adds the first entry to an empty container. A blank behind the bracket marks that the container was there before,
 * so that removing the entry restores the container instead of removing it, too. The root is always there.
 */
function fill(text: string, container: JsonNode, entry: NewEntry): string {
  const [start, end] = [container.offset + 1, endOf(container) - 1];
  const isRoot = container.parent === undefined;
  const old = text.slice(start, end);
  const marked = isRoot && old === '' ? '' : `${old} `;
  const base = indentAt(text, container.offset);
  const indent = isRoot ? `${base}${indentUnit(text)}` : indentInside(text, container);
  const [before, after] =
    indent === undefined ? ['', ''] : [`${lineEnd(text)}${indent}`, `${lineEnd(text)}${base}`];
  return splice(text, start, end, `${marked}${before}${render(text, entry, indent)}${after}`);
}

/** What stands between the bracket and the line of the only entry. */
function markedSpace(text: string, entry: JsonNode): string {
  const gap = gapBefore(text, entry);
  const newline = gap.lastIndexOf(lineEnd(text));
  return newline < 0 ? gap : gap.slice(0, newline);
}

/** The white space between an entry and the comma or bracket before it. */
function gapBefore(text: string, entry: JsonNode): string {
  const before = text.slice(0, entry.offset);
  return before.slice(before.trimEnd().length);
}

/** @param indent of the line on which it will stand; undefined for all on one line. */
function render(text: string, { key, value }: NewEntry, indent: string | undefined): string {
  const name = key === undefined ? '' : JSON.stringify(key);
  if (indent === undefined) return `${name}${name && ':'}${JSON.stringify(value)}`;
  const lines = JSON.stringify(value, null, indentUnit(text)).split('\n');
  return `${name}${name && ': '}${lines.join(`${lineEnd(text)}${indent}`)}`;
}

/** The indent of lines in a container; undefined if the whole text is on one line. */
function indentInside(text: string, { offset }: JsonNode): string | undefined {
  return text.trim().includes('\n') ? `${indentAt(text, offset)}${indentUnit(text)}` : undefined;
}

function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** The indent of the first line that has one. Defaults to two blanks. */
function indentUnit(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
}

function indentAt(text: string, position: number): string {
  const lineStart = text.lastIndexOf('\n', position) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
}

function endOf({ offset, length }: JsonNode): number {
  return offset + length;
}

function splice(text: string, start: number, end: number, replacement: string): string {
  return `${text.slice(0, start)}${replacement}${text.slice(end)}`;
}
