/**
 * How the list is divided: by status, or by where agents run, what they are about, or which service knows them. Pure.
 *
 * What wants somebody comes first whatever is chosen, and can't be folded: a failure, or an agent out of contact, that
 * nobody has said they take care of. (Questions are cards above all of it.) Where somebody is on it, the agent stands
 * among its like, and the group's glyph tells.
 *
 * An agent is listed once, so that a key and the focus mean one row: by tags it stands under the first that it was
 * registered with, as that is the one its owner thought of first; search finds it by any.
 */
import { perLocale } from '../../i18n/language.ts';
import { t } from '../../i18n/list.ts';
import type { Status } from '../../../protocol/fleet/status.ts';
import { plainText } from '../../shared/plain-text.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Row, Section, SectionId } from './rows.ts';
import { SECTIONS } from './rows.ts';

export type GroupBy = Settings['groupBy'];

/** The agents of one service, in sections. */
export interface Listed {
  readonly service: string;
  /** What a person calls it. */
  readonly name: string;
  readonly sections: readonly Section[];
}

export interface GroupedRow {
  readonly service: string;
  readonly section: SectionId;
  readonly row: Row;
}

export interface Group {
  /** Stays the same as long as the group means the same; it is folded by this. At most 120 characters. */
  readonly id: string;
  /** May be an agent's own words. */
  readonly title: string;
  /** Undefined where the title says how its agents are. */
  readonly worst: Status | undefined;
  /** What wants somebody: never folded. */
  readonly urgent: SectionId | undefined;
  readonly rows: readonly GroupedRow[];
}

const URGENT: readonly SectionId[] = ['failed', 'lost'];
const TITLE_CHARS = 100;
const WORST_FIRST = [
  'needs-approval',
  'needs-input',
  'failed',
  'lost',
  'cancelling',
  'running',
  'paused',
  'requested',
  'queued',
  'stale',
  'offline',
  'succeeded',
  'cancelled',
  'idle',
] as const satisfies readonly Status[];

/** As chosen, where that can be: one service is no choice. */
export function groupingOf(chosen: GroupBy, services: number): GroupBy {
  return chosen === 'service' && services < 2 ? 'status' : chosen;
}

/**
 * Each row of the lists in exactly one group, none of them empty. Groups of what wants somebody, then those by name
 * (by status: as sections stand), then what has no machine or tag; inside as sections stand, then as lists do.
 */
export function groupsOf(lists: readonly Listed[], by: GroupBy): readonly Group[] {
  const placed = SECTIONS.flatMap((section) =>
    lists.flatMap(({ service, sections }) => {
      const rows = sections.find(({ id }) => id === section)?.rows ?? [];
      return rows.map((row) => ({ service, section, row }));
    }),
  );
  if (by === 'status') {
    return [...Map.groupBy(placed, ({ section }) => section)].map(([section, rows]) =>
      // the same section of another list is another group
      statusGroup(section, rows, `status/${lists[0]?.service}/${section}`),
    );
  }
  const names = new Map(lists.map(({ service, name }) => [service, name]));
  const keyOf = ({ service, row }: GroupedRow) => {
    if (by === 'service') return service;
    return plainText((by === 'machine' ? row.machine : row.tags[0]) ?? '', TITLE_CHARS);
  };
  const wants = Map.groupBy(placed, wantsSomebody);
  const urgent = Map.groupBy(wants.get(true) ?? [], ({ section }) => section);
  const others = Map.groupBy(wants.get(false) ?? [], keyOf);
  return [
    ...[...urgent].map(([section, rows]) => statusGroup(section, rows, section)),
    ...[...others]
      .map(([key, rows]) => ({
        id: `${by}/${key}`,
        title: by === 'service' ? (names.get(key) ?? key) : key || t(`group.no-${by}`),
        worst: worstOf(rows),
        urgent: undefined,
        rows,
      }))
      .toSorted((a, b) => byTitle(a, b, `${by}/`)),
  ];
}

function wantsSomebody({ section, row }: GroupedRow): boolean {
  return URGENT.includes(section) && row.caretaker === undefined;
}

function statusGroup(section: SectionId, rows: readonly GroupedRow[], id: string): Group {
  return {
    id,
    title: t(`section.${section}`),
    worst: undefined,
    urgent: URGENT.includes(section) ? section : undefined,
    rows,
  };
}

function worstOf(rows: readonly GroupedRow[]): Status | undefined {
  const found = new Set(rows.map(({ row }) => row.status));
  return WORST_FIRST.find((status) => found.has(status));
}

const collator = perLocale((locale) => new Intl.Collator(locale, { numeric: true }));

/** @param rest the id of what has no name, which comes last. */
function byTitle(a: Group, b: Group, rest: string): number {
  if (a.id === rest || b.id === rest) return a.id === rest ? 1 : -1;
  return collator().compare(a.title, b.title) || (a.id < b.id ? -1 : 1);
}

/** What is drawn of a group. */
export interface ShownGroup extends Group {
  readonly isFolded: boolean;
  readonly shown: readonly GroupedRow[];
}

/**
 * The first rows of all groups together; one that is folded takes the room of a row.
 *
 * @returns how many rows wait below, too.
 */
export function within(
  groups: readonly Group[],
  folded: ReadonlySet<string>,
  room: number,
): { readonly groups: readonly ShownGroup[]; readonly below: number } {
  let left = room;
  let below = 0;
  const shown = groups.flatMap((group) => {
    const isFolded = group.urgent === undefined && folded.has(group.id);
    const wanted = isFolded ? 1 : group.rows.length;
    const isBelow = left <= 0;
    const rows = isFolded ? [] : group.rows.slice(0, Math.max(0, left));
    below += Math.max(0, wanted - Math.max(0, left));
    left -= wanted;
    return isBelow ? [] : [{ ...group, isFolded, shown: rows }];
  });
  return { groups: shown, below };
}
