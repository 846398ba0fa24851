/**
 * `notify` in Codex's config.toml: one program, with its arguments, that Codex starts at the end of each turn
 * (developers.openai.com/codex/config-reference). If another program is configured, ours goes in front and calls it:
 * the other one's words stay in the text unchanged, behind `--then`.
 */
import { getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import type { AST } from 'toml-eslint-parser';
import { callsHook } from '../settings/own-command.ts';
import type { Invocation } from '../settings/own-command.ts';
import { SettingsError } from '../settings/settings-error.ts';

const HOOK = 'codex-notify';
const THEN = '--then';

type Span = readonly [start: number, end: number];

interface Notify {
  /** From its first line to behind its last line end. */
  readonly lines: Span;
  readonly list: Span;
  readonly words: readonly AST.TOMLStringValue[];
  /** From the first word to the last that is ours; undefined if none is. */
  readonly own: Span | undefined;
}

/**
 * The configuration with our program in `notify`.
 *
 * @throws SettingsError if it is not valid TOML, or `notify` is not a list of strings.
 */
export function addNotify(text: string, { node, main }: Invocation): string {
  const ours = [node, main, 'hook', HOOK].map((word) => JSON.stringify(word)).join(', ');
  const keys = topLevelKeys(text);
  const notify = findNotify(text, keys);
  if (!notify) return addLine(text, keys, `notify = [${ours}]`);
  const { list, words, own } = notify;
  if (own) return splice(text, own, ours);
  // a program that was configured after ours may call ours in turn
  if (words.some(({ value }) => value.includes(HOOK))) return text;
  const then = words.length > 0 ? `, ${JSON.stringify(THEN)}` : '';
  return splice(text, [list[0] + 1, list[0] + 1], `${ours}${then}, `);
}

/**
 * Undoes addNotify.
 *
 * @throws SettingsError if it is not valid TOML, or `notify` is not a list of strings.
 */
export function removeNotify(text: string): string {
  const notify = findNotify(text, topLevelKeys(text));
  if (!notify?.own) return text;
  const { own, words, lines } = notify;
  const [start, end] = own;
  const next = words.find(({ range }) => range[0] > end);
  const chained = next?.value === THEN ? next.range[1] : end;
  const comma = /^\s*, ?/.exec(text.slice(chained))?.[0];
  if (comma !== undefined) return splice(text, [start, chained + comma.length], '');
  // the line is ours alone; as the last one without a line end it was added together with the line end before it
  const isLast = text[lines[1] - 1] !== '\n' && lines[0] > 0;
  const lineEnd = isLast ? (/\r?\n$/.exec(text.slice(0, lines[0]))?.[0].length ?? 0) : 0;
  return splice(text, [lines[0] - lineEnd, lines[1]], '');
}

/** Whether the configuration turns hooks off: `hooks = false` under `[features]` (`codex_hooks` is its old name). */
export function disablesHooks(text: string): boolean {
  const { features } = getStaticTOMLValue(parse(text)) as { features?: Record<string, unknown> };
  return features?.['hooks'] === false || features?.['codex_hooks'] === false;
}

function findNotify(text: string, keys: readonly AST.TOMLKeyValue[]): Notify | undefined {
  const entry = keys.find(({ key }) => key.keys.length === 1 && nameOf(key.keys[0]) === 'notify');
  if (!entry) return undefined;
  const { range, value } = entry;
  const words = value.type === 'TOMLArray' ? value.elements.filter(isString) : [];
  if (value.type !== 'TOMLArray' || words.length < value.elements.length) {
    throw new SettingsError('Its "notify" is not a list of strings, as Codex requires.');
  }
  const lineStart = Math.max(text.lastIndexOf('\n', range[0] - 1) + 1, startOf(text));
  return {
    lines: [lineStart, lineEndAfter(text, range[1])],
    list: value.range,
    words,
    own: ownSpan(words),
  };
}

function nameOf(part: AST.TOMLBare | AST.TOMLQuoted | undefined): string | undefined {
  return part?.type === 'TOMLBare' ? part.name : part?.value;
}

function isString(node: AST.TOMLContentNode): node is AST.TOMLStringValue {
  return node.type === 'TOMLValue' && node.kind === 'string';
}

/** Node, our main file, `hook` and its name: ours, at the beginning, wherever it was installed then. */
function ownSpan(words: readonly AST.TOMLStringValue[]): Span | undefined {
  const values = words.slice(0, 4).map(({ value }) => value);
  const index = values.indexOf(HOOK);
  const [first, last] = [words[0], words[index]];
  if (!first || !last || !callsHook(values.slice(0, index + 1).join(' '), HOOK)) return undefined;
  return [first.range[0], last.range[1]];
}

/** Behind the last key before the first table, else at the beginning: anywhere else a table would own the key. */
function addLine(text: string, keys: readonly AST.TOMLKeyValue[], line: string): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const last = keys.at(-1);
  const at = last ? lineEndAfter(text, last.range[1]) : startOf(text);
  const isCut = last !== undefined && text[at - 1] !== '\n';
  return splice(text, [at, at], isCut ? `${lineEnd}${line}` : `${line}${lineEnd}`);
}

/** The keys before the first table. */
function topLevelKeys(text: string): AST.TOMLKeyValue[] {
  return parse(text).body[0].body.filter((node) => node.type === 'TOMLKeyValue');
}

function parse(text: string): AST.TOMLProgram {
  try {
    // a blank in place of a byte order mark, which the parser refuses, keeps all positions
    return parseTOML(text.replace(/^\uFEFF/, ' '), { tomlVersion: '1.1.0' });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new SettingsError(`It is not valid TOML in line ${error.lineNumber}: ${error.message}.`);
  }
}

/** Behind a byte order mark, if there is one. */
function startOf(text: string): number {
  return text.startsWith('\uFEFF') ? 1 : 0;
}

function lineEndAfter(text: string, position: number): number {
  return text.indexOf('\n', position) + 1 || text.length;
}

function splice(text: string, [start, end]: Span, replacement: string): string {
  return `${text.slice(0, start)}${replacement}${text.slice(end)}`;
}
