/**
 * Our hooks in the settings of Claude Code (code.claude.com/docs/en/hooks) and Codex
 * (developers.openai.com/codex/hooks), which share one shape:
 * `{"hooks": {EVENT: [{"matcher": …, "hooks": [{"type": "command", "command": …}]}]}}`.
 * Text in, text out; what is not ours stays byte for byte.
 */
import { isDeepStrictEqual } from 'node:util';
import type { JsonNode } from './json-text.ts';
import {
  appendEntry,
  indexOfKey,
  parseJson,
  removeEntry,
  replaceValue,
  valueOf,
  wasEmpty,
} from './json-text.ts';
import type { HookName } from './own-command.ts';
import { callsHook } from './own-command.ts';
import { SettingsError } from './settings-error.ts';

export interface HookHandler {
  readonly type: 'command';
  readonly command: string;
  /** With them no shell is involved, and `command` is the program alone. */
  readonly args?: readonly string[];
  /** Nobody waits for it. */
  readonly async?: true;
  /** Seconds. */
  readonly timeout: number;
}

export interface HookGroup {
  readonly matcher?: string;
  readonly hooks: readonly [HookHandler];
}

/** What we want to be told, by the name of the event. */
export type HookTable = Readonly<Record<string, HookGroup>>;

/** Where in the settings one of our handlers stands. */
interface Found {
  readonly event: string;
  readonly hooksAt: number;
  readonly events: JsonNode;
  readonly eventAt: number;
  readonly groups: JsonNode;
  readonly groupAt: number;
  readonly handlers: JsonNode;
  readonly handlerAt: number;
  readonly handler: JsonNode;
}

/**
 * Settings in which exactly the wanted hooks are ours. Those that are there already are brought up to date where
 * they stand: their place and their matcher may be the user's choice.
 *
 * @param text of the file, empty for a new one.
 * @throws SettingsError if it is not JSON, or its hooks have another shape.
 */
export function addHooks(text: string, wanted: HookTable, name: HookName): string {
  let result = dropUnwanted(text.trim() === '' ? '{}\n' : text, wanted, name);
  const present = new Map(findOurs(result, name).map((found) => [found.event, found]));
  const missing = Object.entries(wanted).filter(([event]) => !present.has(event));
  for (const [event, group] of Object.entries(wanted)) {
    const handler = findOurs(result, name).find((found) => found.event === event)?.handler;
    if (handler && !isDeepStrictEqual(valueOf(result, handler), group.hooks[0])) {
      result = replaceValue(result, handler, group.hooks[0]);
    }
  }
  return append(result, missing);
}

/**
 * Settings without hooks of ours, and without what was made for them alone.
 *
 * @throws SettingsError if it is not JSON, or its hooks have another shape.
 */
export function removeHooks(text: string, name: HookName): string {
  return text.trim() === '' ? text : dropUnwanted(text, {}, name);
}

/** Takes out ours of other events, and what is there twice. */
function dropUnwanted(text: string, wanted: HookTable, name: HookName): string {
  for (let result = text; ; ) {
    const seen = new Set<string>();
    const found = findOurs(result, name).find(({ event }) => {
      if (!Object.hasOwn(wanted, event) || seen.has(event)) return true;
      seen.add(event);
      return false;
    });
    if (!found) return result;
    result = without(result, found);
  }
}

function without(text: string, found: Found): string {
  const { events, groups, handlers } = found;
  const stays = (container: JsonNode) => container.entries.length > 1 || wasEmpty(text, container);
  if (handlers.entries.length > 1) return removeEntry(text, handlers, found.handlerAt);
  if (stays(groups)) return removeEntry(text, groups, found.groupAt);
  if (stays(events)) return removeEntry(text, events, found.eventAt);
  return removeEntry(text, readSettings(text), found.hooksAt);
}

function append(text: string, missing: readonly (readonly [string, HookGroup])[]): string {
  let result = text;
  for (const [event, group] of missing) {
    const root = readSettings(result);
    const hooks = root.entries[indexOfKey(root, 'hooks')]?.value;
    if (!hooks) {
      const all = missing.map(([name, only]) => [name, [only]]);
      return appendEntry(result, root, { key: 'hooks', value: Object.fromEntries(all) });
    }
    const groups = hooks.entries[indexOfKey(hooks, event)]?.value;
    result = groups
      ? appendEntry(result, groups, { value: group })
      : appendEntry(result, hooks, { key: event, value: [group] });
  }
  return result;
}

function findOurs(text: string, name: HookName): Found[] {
  const root = readSettings(text);
  const hooksAt = indexOfKey(root, 'hooks');
  const events = root.entries[hooksAt]?.value;
  if (!events) return [];
  return events.entries.flatMap(({ key: event = '', value: groups }, eventAt) =>
    groups.entries.flatMap(({ value: group }, groupAt) => {
      const handlers = group.entries[indexOfKey(group, 'hooks')]?.value;
      if (handlers?.kind !== 'array') return [];
      return handlers.entries.flatMap(({ value: handler }, handlerAt) =>
        isOurs(valueOf(text, handler), name)
          ? { event, hooksAt, events, eventAt, groups, groupAt, handlers, handlerAt, handler }
          : [],
      );
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
  if (root.kind !== 'object') throw new SettingsError('It holds no JSON object.');
  const hooks = root.entries[indexOfKey(root, 'hooks')]?.value;
  if (!hooks) return root;
  if (hooks.kind !== 'object') throw new SettingsError('Its "hooks" are no JSON object.');
  const odd = hooks.entries.find(({ value }) => value.kind !== 'array');
  if (odd) throw new SettingsError(`Its "hooks" have no list for ${JSON.stringify(odd.key)}.`);
  return root;
}

function parse(text: string): JsonNode {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SettingsError(
      `It is not valid JSON (${error.message}). Comments and commas at the end of a list are not allowed there.`,
    );
  }
}
