/**
 * Groups the list by status, machine, tag or service. Pure.
 *
 * Agents that failed or are out of contact come first in any grouping, and can't be folded, unless someone is on it: then
 * the agent stays in its group, whose glyph shows the most urgent status. (Questions are cards above the groups.)
 *
 * An agent is listed once, so that a key and the focus mean one row. Grouped by tag, it is listed under the first tag that
 * it was registered with; search finds it by any tag.
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
  /** Host and port. */
  readonly name: string;
  readonly sections: readonly Section[];
}

export interface GroupedRow {
  readonly service: string;
  readonly section: SectionId;
  readonly row: Row;
}

export interface Group {
  /** Stable, as the `folded` setting stores it. At most 120 characters. */
  readonly id: string;
  /** May be an agent's own words. */
  readonly title: string;
  /** The most urgent status; undefined where the title names the status. */
  readonly worst: Status | undefined;
  /** Set for a group of agents that need attention: never folded. */
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

/** The grouping in effect: by service only where there are several. */
export function groupingOf(chosen: GroupBy, services: number): GroupBy {
  return chosen === 'service' && services < 2 ? 'status' : chosen;
}

/**
 * Puts each row into exactly one group; no group is empty. Agents that need attention come first, then the groups by name
 * (by status: in the order of `SECTIONS`), then agents without a machine or tag. Inside a group, rows are in the order of
 * `SECTIONS`, then in that of the lists.
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
      // each list folds on its own
      statusGroup(section, rows, `status/${lists[0]?.service}/${section}`),
    );
  }
  const names = new Map(lists.map(({ service, name }) => [service, name]));
  const keyOf = ({ service, row }: GroupedRow) => {
    if (by === 'service') return service;
    return plainText((by === 'machine' ? row.machine : row.tags[0]) ?? '', TITLE_CHARS);
  };
  const byAttention = Map.groupBy(placed, needsAttention);
  const urgent = Map.groupBy(byAttention.get(true) ?? [], ({ section }) => section);
  const others = Map.groupBy(byAttention.get(false) ?? [], keyOf);
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

function needsAttention({ section, row }: GroupedRow): boolean {
  return URGENT.includes(section) && row.acknowledgedBy === undefined;
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

/** @param rest id of the group without a name, which comes last. */
function byTitle(a: Group, b: Group, rest: string): number {
  if (a.id === rest || b.id === rest) return a.id === rest ? 1 : -1;
  return collator().compare(a.title, b.title) || (a.id < b.id ? -1 : 1);
}

/** The visible part of a group. */
export interface ShownGroup extends Group {
  readonly isFolded: boolean;
  readonly shown: readonly GroupedRow[];
}

/**
 * Limits the rows over all groups. A folded group counts as one row.
 *
 * @returns the groups in view, and how many rows follow below.
 */
export function firstRows(
  groups: readonly Group[],
  folded: ReadonlySet<string>,
  limit: number,
): { readonly groups: readonly ShownGroup[]; readonly below: number } {
  let left = limit;
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
