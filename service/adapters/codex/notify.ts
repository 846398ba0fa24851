/**
 * `notify` in Codex's config.toml: a program, with its arguments, that is told of the end of each turn. There is
 * one place only (developers.openai.com/codex/config-reference). If it is taken, ours goes in front and calls the
 * other one: what stood there stays in the text as it is, behind `--then`.
 */
import { callsHook } from '../settings/own-command.ts';
import type { Invocation } from '../settings/own-command.ts';
import { SettingsError } from '../settings/settings-error.ts';
import type { TomlSpan } from '../settings/toml-text.ts';
import { arrayElements, startOf, topLevelEntries } from '../settings/toml-text.ts';

const HOOK = 'codex-notify';
const THEN = '"--then"';

interface Notify {
  readonly lineStart: number;
  readonly lineEnd: number;
  /** The opening bracket. */
  readonly open: number;
  readonly elements: readonly TomlSpan[];
  /** From the first element to the last that is ours; undefined if none is. */
  readonly own: TomlSpan | undefined;
}

/**
 * The configuration with our program in `notify`.
 *
 * @throws SettingsError if it can't be read, or `notify` is no list of texts.
 */
export function addNotify(text: string, { node, main }: Invocation): string {
  const ours = [node, main, 'hook', HOOK].map((word) => JSON.stringify(word)).join(', ');
  const notify = findNotify(text);
  if (!notify) return addLine(text, `notify = [${ours}]`);
  const { open, elements, own } = notify;
  if (own) return splice(text, own.start, own.end, ours);
  // a program that took the place after us may call us in turn
  if (elements.some(({ start, end }) => text.slice(start, end).includes(HOOK))) return text;
  const then = elements.length > 0 ? `, ${THEN}` : '';
  return splice(text, open + 1, open + 1, `${ours}${then}, `);
}

/**
 * Undoes addNotify.
 *
 * @throws SettingsError if it can't be read, or `notify` is no list of texts.
 */
export function removeNotify(text: string): string {
  const notify = findNotify(text);
  if (!notify?.own) return text;
  const { own, elements, lineStart, lineEnd } = notify;
  const next = elements.find(({ start }) => start > own.end);
  const chained = next && text.slice(next.start, next.end) === THEN ? next.end : own.end;
  const comma = /^\s*, ?/.exec(text.slice(chained))?.[0];
  if (comma !== undefined) return splice(text, own.start, chained + comma.length, '');
  // the line is ours alone; as the last one without an end it was put behind the end of another
  const isCut = text[lineEnd - 1] !== '\n' && lineStart > 0;
  const from = isCut
    ? lineStart - (/\r?\n$/.exec(text.slice(0, lineStart))?.[0].length ?? 0)
    : lineStart;
  return splice(text, from, lineEnd, '');
}

/** Whether the configuration turns hooks off: `hooks = false` among `[features]` (`codex_hooks` is its old name). */
export function disablesHooks(text: string): boolean {
  let table = '';
  return text.split('\n').some((line) => {
    table = /^\s*\[\s*([^[\]]+?)\s*\]/.exec(line)?.[1] ?? table;
    const off = /^\s*(features\s*\.\s*)?(?:codex_)?hooks\s*=\s*false\b/.exec(line);
    return off !== null && table === (off[1] === undefined ? 'features' : '');
  });
}

function findNotify(text: string): Notify | undefined {
  const entry = topLevelEntries(text).find(({ key }) => /^(["']?)notify\1$/.test(key));
  if (!entry) return undefined;
  const { lineStart, lineEnd, value } = entry;
  const elements = text[value.start] === '[' ? arrayElements(text, value.start) : [];
  if (text[value.start] !== '[' || elements.some(({ start }) => !/["']/.test(text[start] ?? ''))) {
    throw new SettingsError(
      'Its "notify" is no list of texts, which is all that Codex takes there.',
    );
  }
  return { lineStart, lineEnd, open: value.start, elements, own: ownSpan(text, elements) };
}

/** Node, our main file, `hook` and its name: ours, at the beginning, wherever it was installed then. */
function ownSpan(text: string, elements: readonly TomlSpan[]): TomlSpan | undefined {
  const words = elements.slice(0, 4).map((element) => readString(text, element));
  const index = words.indexOf(HOOK);
  const [first, last] = [elements[0], elements[index]];
  if (!first || !last || !callsHook(words.slice(0, index + 1).join(' '), HOOK)) return undefined;
  return { start: first.start, end: last.end };
}

/** What we write are JSON strings; another one needs no reading to be seen to be another. */
function readString(text: string, { start, end }: TomlSpan): string {
  const raw = text.slice(start, end);
  try {
    return String(JSON.parse(raw));
  } catch {
    return raw.slice(1, -1);
  }
}

/** Behind the last key that is in no table, else at the beginning: behind a table's header it would be that table's. */
function addLine(text: string, line: string): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const last = topLevelEntries(text).at(-1);
  const at = last?.lineEnd ?? startOf(text);
  const isCut = last !== undefined && text[at - 1] !== '\n';
  return splice(text, at, at, isCut ? `${lineEnd}${line}` : `${line}${lineEnd}`);
}

function splice(text: string, start: number, end: number, replacement: string): string {
  return `${text.slice(0, start)}${replacement}${text.slice(end)}`;
}
