/**
 * The settings of the extension, as one table of fields.
 *
 * Kept under the key `settings` of `storage.local`, beside the tokens; the worker is the only writer. Not in
 * `storage.sync`: the settings name agents and tags, tokens must never get there by mistake, and muted agents belong to
 * services that only this browser is paired with. `storage.managed` holds the same fields, set by an organisation; they
 * take precedence and can't be changed.
 */
import type { Fleet } from '../../protocol/fleet/fleet.ts';
import type { LanguageId } from '../i18n/language.ts';

export interface Field<T> {
  /** Default value. */
  readonly initial: T;
  /** @returns the value if it is valid for this field, else undefined. */
  read(value: unknown): T | undefined;
}

/** What a notification can be about. */
export type NoticeKind = 'failed' | 'offline' | 'question' | 'budget' | 'finished';

/** Which finished runs notify. `mine`: those that this user requested and that took over a minute. */
export type Finished = 'off' | 'mine' | 'all';

/** Exceptions for one agent (by id, on any service), or for all with a tag. A missing field means the default. */
export interface NotificationRule {
  readonly match: 'agent' | 'tag';
  readonly name: string;
  readonly failed?: boolean;
  readonly offline?: boolean;
  readonly question?: boolean;
  readonly budget?: boolean;
  readonly finished?: Finished;
}

const FINISHED = ['off', 'mine', 'all'] as const satisfies readonly Finished[];
export const SWITCHES = ['failed', 'offline', 'question', 'budget'] as const;
const MOST_RULES = 100;
const MOST_MUTED = 500;
const MOST_FOLDED = 200;
const NAME_CHARS = 120;

export const FIELDS = {
  /** A run failed. */
  notifyFailed: flag(true),
  /** An agent's runner went offline without being stopped. */
  notifyOffline: flag(true),
  /** An agent waits for an answer. */
  notifyQuestion: flag(true),
  /** A run used more than its agent's budget allows. */
  notifyBudget: flag(true),
  /** A run succeeded. */
  notifyFinished: oneOf<Finished>('mine', FINISHED),
  /** Exceptions. One for the agent takes precedence over one for a tag, then the first over later ones. */
  rules: list(readRule, MOST_RULES),
  /** Agents that never notify and don't count on the badge, as `<service id>/<agent id>`. */
  muted: list(readName, MOST_MUTED),
  /** Whether notifications make a sound. Off has an effect only where the browser supports silent notifications. */
  sound: flag(true),
  /** Whether short permission questions that are shown in full have an Approve button on their notification. */
  approveFromNotification: flag(false),
  quietHours: flag(false),
  /** Days on which quiet hours start; 0 is Sunday. */
  quietDays: list(readDay, 7, [0, 1, 2, 3, 4, 5, 6]),
  /** Local time, 24 hours. */
  quietFrom: time('22:00'),
  /** Local time, 24 hours; on the next day when it is not after `quietFrom`. */
  quietTo: time('07:00'),
  /** Whether questions notify in quiet hours, too. */
  quietLetsQuestionsThrough: flag(false),
  language: oneOf<'system' | LanguageId>('system', ['system', 'en', 'de']),
  theme: oneOf<'system' | 'light' | 'dark'>('system', ['system', 'light', 'dark']),
  /** `mine`: agents that this user registered, and those whose live run this user requested. */
  show: oneOf<'all' | 'mine'>('all', ['all', 'mine']),
  /** How the list is grouped. `service` has an effect only with several services. */
  groupBy: oneOf<'status' | 'machine' | 'tag' | 'service'>('status', [
    'status',
    'machine',
    'tag',
    'service',
  ]),
  /** Ids of the groups that are folded in the list, such as `tag/docs`. */
  folded: list(readName, MOST_FOLDED),
  density: oneOf<'comfortable' | 'compact'>('comfortable', ['comfortable', 'compact']),
} as const;

export type SettingKey = keyof typeof FIELDS;
export type Settings = {
  readonly [K in SettingKey]: (typeof FIELDS)[K] extends Field<infer T> ? T : never;
};

export const SETTING_KEYS = Object.keys(FIELDS) as readonly SettingKey[];

/** The settings in effect. */
export interface Chosen {
  readonly settings: Settings;
  /** Settings that the organisation has set. */
  readonly locked: ReadonlySet<SettingKey>;
}

export const SETTINGS_KEY = 'settings';
/** Epoch milliseconds until which a person has paused notifications. */
export const SNOOZED_KEY = 'snoozedUntilMs';

/** The valid settings of a stored value; everything else is ignored. */
export function readPartial(stored: unknown): Partial<Settings> {
  if (typeof stored !== 'object' || stored === null) return {};
  const values = stored as Readonly<Record<string, unknown>>;
  const read = SETTING_KEYS.map((key) => [key, FIELDS[key].read(values[key])] as const);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}

/** @param stored settings that the person chose. @param policy settings of the organisation, which take precedence. */
export function choose(stored: unknown, policy: unknown): Chosen {
  const initial = Object.fromEntries(SETTING_KEYS.map((key) => [key, FIELDS[key].initial]));
  const set = readPartial(policy);
  return {
    settings: { ...(initial as Settings), ...readPartial(stored), ...set },
    locked: new Set(Object.keys(set) as SettingKey[]),
  };
}

/** An agent's key in the `muted` setting. */
export function mutedKey(service: string, agent: string): string {
  return `${service}/${agent}`;
}

/** The fleet without its muted agents, for the badge and notifications. */
export function withoutMuted(fleet: Fleet, service: string, muted: readonly string[]): Fleet {
  if (muted.length === 0) return fleet;
  const agents = Object.entries(fleet.agents).filter(
    ([id]) => !muted.includes(mutedKey(service, id)),
  );
  return { ...fleet, agents: Object.fromEntries(agents) };
}

/** Adds the agent to the list, or removes it. */
export function withMuted(muted: readonly string[], key: string, isOn: boolean): readonly string[] {
  return withOne(muted, key, isOn, MOST_MUTED);
}

/** Adds the group to the list, or removes it. */
export function withFolded(
  folded: readonly string[],
  group: string,
  isOn: boolean,
): readonly string[] {
  return withOne(folded, group, isOn, MOST_FOLDED);
}

function withOne(keys: readonly string[], key: string, isOn: boolean, most: number) {
  const others = keys.filter((one) => one !== key);
  // at the limit, the oldest entry is dropped
  return isOn ? [...others, key].slice(-most) : others;
}

function flag(initial: boolean): Field<boolean> {
  return { initial, read: (value) => (typeof value === 'boolean' ? value : undefined) };
}

function oneOf<T extends string>(initial: T, values: readonly T[]): Field<T> {
  return { initial, read: (value) => values.find((one) => one === value) };
}

function time(initial: string): Field<string> {
  return { initial, read: (value) => readMatch(value, /^([01]\d|2[0-3]):[0-5]\d$/) };
}

function list<T>(
  readItem: (item: unknown) => T | undefined,
  most: number,
  initial: readonly T[] = [],
): Field<readonly T[]> {
  return {
    initial,
    read(value) {
      if (!Array.isArray(value) || value.length > most) return undefined;
      const items = value.map((item) => readItem(item));
      return items.every((item) => item !== undefined) ? items : undefined;
    },
  };
}

function readMatch(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}

function readName(value: unknown): string | undefined {
  return readMatch(value, new RegExp(`^[^\\p{Cc}]{1,${NAME_CHARS}}$`, 'u'));
}

function readDay(value: unknown): number | undefined {
  return [0, 1, 2, 3, 4, 5, 6].find((day) => day === value);
}

function readRule(value: unknown): NotificationRule | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { match, name, finished, ...others } = value as Readonly<Record<string, unknown>>;
  const isRight =
    (match === 'agent' || match === 'tag') &&
    readName(name) !== undefined &&
    (finished === undefined || FINISHED.some((one) => one === finished)) &&
    Object.entries(others).every(
      ([key, on]) => SWITCHES.some((one) => one === key) && typeof on === 'boolean',
    );
  return isRight ? (value as NotificationRule) : undefined;
}
