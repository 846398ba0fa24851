/** Decides which targets get a notification for an event. Pure. */
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Fleet, Run } from '../../protocol/fleet/fleet.ts';
import type { Notice, NoticeType } from './notice.ts';
import { toNotice } from './notice.ts';
import type { NotifyConfig, NotifyRule } from './notify-config.ts';

/** Delay in which an answer in the terminal, or a runner that reconnects, makes the notification unnecessary. */
const GRACE_MS: Readonly<Record<NoticeType, number>> = {
  'approval.requested': 2_000,
  'agent.offline': 2_000,
  'run.failed': 0,
  'run.succeeded': 0,
  'budget.exceeded': 0,
};

/** A notification for one target. */
export interface PlannedNotice {
  /** Name of the target. */
  readonly target: string;
  readonly notice: Notice;
  /** Do not send while a browser follows the service. */
  readonly unlessBrowser: boolean;
  readonly graceMs: number;
}

/**
 * The notifications for an event: at most one per target, even if several rules match.
 *
 * @param fleet a fleet that includes the event.
 * @param run the run of the event, if it is still stored.
 */
export function planNotices(
  { rules, link }: NotifyConfig,
  event: LogEvent,
  fleet: Fleet,
  run: Run | undefined,
): PlannedNotice[] {
  const withoutLink = toNotice(event, fleet, run);
  if (!withoutLink) return [];
  const linkUrl = link === undefined ? undefined : expandLink(link, withoutLink);
  const notice = linkUrl === undefined ? withoutLink : { ...withoutLink, link: linkUrl };
  const planned = new Map<string, PlannedNotice>();
  for (const rule of rules) {
    if (!matches(rule, notice) || isCoveredByOffline(rules, rule.to, event, notice)) continue;
    // send in any case if at least one rule says so
    const previous = planned.get(rule.to)?.unlessBrowser ?? true;
    const unlessBrowser = previous && (rule.onlyWhenNoBrowser ?? true);
    planned.set(rule.to, {
      target: rule.to,
      notice,
      unlessBrowser,
      graceMs: GRACE_MS[notice.type],
    });
  }
  return [...planned.values()];
}

function matches({ on, agents, tags, minDurationMs = 0 }: NotifyRule, notice: Notice): boolean {
  const { type, agent, run } = notice;
  if (!on.includes(type)) return false;
  if (agents && !agents.some((glob) => matchesGlob(glob, agent.id))) return false;
  if (tags && !tags.some((tag) => agent.tags?.includes(tag))) return false;
  const hasEnded = type === 'run.failed' || type === 'run.succeeded';
  return !hasEnded || (run?.durationMs ?? 0) >= minDurationMs;
}

/** A run that fails because its runner stays away is part of the incident "agent.offline". */
function isCoveredByOffline(
  rules: readonly NotifyRule[],
  target: string,
  event: LogEvent,
  notice: Notice,
): boolean {
  if (event.type !== 'run.failed' || event.data.reason !== 'lost') return false;
  const loss = { ...notice, type: 'agent.offline' as const };
  return rules.some((rule) => rule.to === target && matches(rule, loss));
}

/** `*` matches any characters, `?` matches one. Backtracks to the last `*` only, so that no pattern is slow. */
export function matchesGlob(glob: string, id: string): boolean {
  let at = 0;
  let inGlob = 0;
  let star = -1;
  let afterStar = 0;
  while (at < id.length) {
    if (glob[inGlob] === '*') {
      star = inGlob;
      inGlob += 1;
      afterStar = at;
    } else if (glob[inGlob] === '?' || glob[inGlob] === id[at]) {
      inGlob += 1;
      at += 1;
    } else {
      if (star < 0) return false;
      inGlob = star + 1;
      afterStar += 1;
      at = afterStar;
    }
  }
  return /^\**$/.test(glob.slice(inGlob));
}

/** Inserts the encoded ids, which can only become part of a path or a value. */
function expandLink(link: string, { agent, run }: Notice): string {
  const filled = link
    .replaceAll(/\{agent\}/g, encodeURIComponent(agent.id))
    .replaceAll(/\{run\}/g, encodeURIComponent(run?.id ?? ''));
  return new URL(filled).href.replaceAll('|', '%7C');
}
