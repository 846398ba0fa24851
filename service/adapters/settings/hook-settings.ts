/**
 * Our hooks in the settings of Claude Code (code.claude.com/docs/en/hooks) and Codex
 * (developers.openai.com/codex/hooks), which have the same shape:
 * `{"hooks": {EVENT: [{"matcher": …, "hooks": [{"type": "command", "command": …}]}]}}`.
 * All functions take a text and return a text; everything that is not ours stays byte for byte.
 */
import { isDeepStrictEqual } from 'node:util';
import type { JsonNode } from './json-text.ts';
import {
  appendEntry,
  entriesOf,
  findMember,
  memberKey,
  parseJsonText,
  removeEntry,
  replaceValue,
  valueNodeOf,
  parseNode,
  wasAddedToEmpty,
} from './json-text.ts';
import type { HookName } from './own-command.ts';
import { callsHook } from './own-command.ts';
import { SettingsError } from './settings-error.ts';

export interface HookHandler {
  readonly type: 'command';
  readonly command: string;
  /** If given, no shell is involved and `command` is the program alone. */
  readonly args?: readonly string[];
  /** The coding agent does not wait for the hook. */
  readonly async?: true;
  /** Seconds. */
  readonly timeout: number;
}

export interface HookGroup {
  readonly matcher?: string;
  readonly hooks: readonly [HookHandler];
}

/** The hooks that we want, by the name of the event. */
export type HookTable = Readonly<Record<string, HookGroup>>;

/** One of our handlers in the settings. */
interface OwnHandler {
  readonly event: string;
  readonly handler: JsonNode;
  /** The entries around the handler, from the inside: its group, the event, `hooks`. */
  readonly around: readonly JsonNode[];
}

/**
 * The settings with exactly the wanted hooks of ours. Hooks that are there already are updated in place, because
 * their place and their matcher may be the user's choice.
 *
 * @param text of the file, empty for a new one.
 * @throws SettingsError if it is not JSON, or its hooks have another shape.
 */
export function addHooks(text: string, wanted: HookTable, name: HookName): string {
  let result = removeUnwanted(text.trim() === '' ? '{}\n' : text, wanted, name);
  const present = new Set(findOwn(result, name).map(({ event }) => event));
  const missing = Object.entries(wanted).filter(([event]) => !present.has(event));
  for (const [event, group] of Object.entries(wanted)) {
    const handler = findOwn(result, name).find((own) => own.event === event)?.handler;
    if (handler && !isDeepStrictEqual(parseNode(result, handler), group.hooks[0])) {
      result = replaceValue(result, handler, group.hooks[0]);
    }
  }
  return append(result, missing);
}

/**
 * The settings without hooks of ours, and without what was added for them alone.
 *
 * @throws SettingsError if it is not JSON, or its hooks have another shape.
 */
export function removeHooks(text: string, name: HookName): string {
  return text.trim() === '' ? text : removeUnwanted(text, {}, name);
}

/** Removes our hooks for other events, and duplicates. */
function removeUnwanted(text: string, wanted: HookTable, name: HookName): string {
  for (let result = text; ; ) {
    const seen = new Set<string>();
    const unwanted = findOwn(result, name).find(({ event }) => {
      if (!Object.hasOwn(wanted, event) || seen.has(event)) return true;
      seen.add(event);
      return false;
    });
    if (!unwanted) return result;
    result = without(result, unwanted);
  }
}

/** Removes a handler together with every container that was added for it. */
function without(text: string, { handler, around }: OwnHandler): string {
  let entry = handler;
  for (const outer of around) {
    const isOnly = entry.parent?.children?.length === 1;
    if (!isOnly || (entry !== handler && wasAddedToEmpty(text, entry))) break;
    entry = outer;
  }
  return removeEntry(text, entry);
}

function append(text: string, missing: readonly (readonly [string, HookGroup])[]): string {
  let result = text;
  for (const [event, group] of missing) {
    const root = readSettings(result);
    const hooks = findMember(root, 'hooks');
    if (!hooks) {
      const all = missing.map(([name, only]) => [name, [only]]);
      return appendEntry(result, root, { key: 'hooks', value: Object.fromEntries(all) });
    }
    const events = valueNodeOf(hooks);
    const groups = findMember(events, event);
    result = groups
      ? appendEntry(result, valueNodeOf(groups), { value: group })
      : appendEntry(result, events, { key: event, value: [group] });
  }
  return result;
}

function findOwn(text: string, name: HookName): OwnHandler[] {
  const hooks = findMember(readSettings(text), 'hooks');
  if (!hooks) return [];
  return entriesOf(valueNodeOf(hooks)).flatMap((event) =>
    entriesOf(valueNodeOf(event)).flatMap((group) => {
      const handlers = findMember(group, 'hooks');
      if (!handlers || valueNodeOf(handlers).type !== 'array') return [];
      return entriesOf(valueNodeOf(handlers))
        .filter((handler) => isOurs(parseNode(text, handler), name))
        .map((handler) => ({ event: memberKey(event), handler, around: [group, event, hooks] }));
    }),
  );
}

function isOurs(handler: unknown, name: HookName): boolean {
  if (typeof handler !== 'object' || handler === null) return false;
  const { command, args } = handler as { command?: unknown; args?: unknown };
  if (typeof command !== 'string') return false;
  return callsHook([command, ...(Array.isArray(args) ? args : [])].join(' '), name);
}

/** @throws SettingsError */
function readSettings(text: string): JsonNode {
  const root = parse(text);
  if (root.type !== 'object') throw new SettingsError('It is not a JSON object.');
  const hooks = findMember(root, 'hooks');
  if (!hooks) return root;
  if (valueNodeOf(hooks).type !== 'object') {
    throw new SettingsError('Its "hooks" are not a JSON object.');
  }
  const odd = entriesOf(valueNodeOf(hooks)).find((event) => valueNodeOf(event).type !== 'array');
  if (odd) {
    throw new SettingsError(`Its "hooks" have no list for ${JSON.stringify(memberKey(odd))}.`);
  }
  return root;
}

function parse(text: string): JsonNode {
  try {
    return parseJsonText(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SettingsError(
      `It is not valid JSON (${error.message}). Comments and trailing commas are not allowed there.`,
    );
  }
}
