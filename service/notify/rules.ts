/** Who is told of what. Pure. */
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Fleet, Run } from '../../protocol/fleet/fleet.ts';
import type { Notice, NoticeType } from './notice.ts';
import { toNotice } from './notice.ts';
import type { NotifyConfig, NotifyRule } from './notify-config.ts';

/** In this time an answer in the terminal, or a runner that is back, makes a notification unnecessary. */
const GRACE_MS: Readonly<Record<NoticeType, number>> = {
  'approval.requested': 2_000,
  'agent.offline': 2_000,
  'run.failed': 0,
  'run.succeeded': 0,
  'budget.exceeded': 0,
};

/** A notification for one target. */
export interface Planned {
  /** Name of the target. */
  readonly target: string;
  readonly notice: Notice;
  /** Not while a browser follows the service. */
  readonly unlessBrowser: boolean;
  readonly graceMs: number;
}

/**
 * At most one for each target, however many rules say so.
 *
 * @param fleet that has folded the event.
 * @param run of the event, as far as it is kept.
 */
export function planNotices(
  { rules, link }: NotifyConfig,
  event: LogEvent,
  fleet: Fleet,
  run: Run | undefined,
): Planned[] {
  const bare = toNotice(event, fleet, run);
  if (!bare) return [];
  const leadsTo = link === undefined ? undefined : fillIn(link, bare);
  const notice = leadsTo === undefined ? bare : { ...bare, link: leadsTo };
  const planned = new Map<string, Planned>();
  for (const rule of rules) {
    if (!matches(rule, notice) || toldAsOffline(rules, rule.to, event, notice)) continue;
    // one rule that wants it in any case is enough
    const others = planned.get(rule.to)?.unlessBrowser ?? true;
    const unlessBrowser = others && (rule.onlyWhenNoBrowser ?? true);
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

/** A run that is given up as its runner stays away belongs to the loss of that runner: one incident. */
function toldAsOffline(
  rules: readonly NotifyRule[],
  target: string,
  event: LogEvent,
  notice: Notice,
): boolean {
  if (event.type !== 'run.failed' || event.data.reason !== 'lost') return false;
  const loss = { ...notice, type: 'agent.offline' as const };
  return rules.some((rule) => rule.to === target && matches(rule, loss));
}

/** `*` stands for any characters, `?` for one. Looks back to the last `*` only, so that no glob takes long. */
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

/** What comes from the log can't add anything but a piece of a path or a value. */
function fillIn(link: string, { agent, run }: Notice): string {
  const filled = link
    .replaceAll(/\{agent\}/g, encodeURIComponent(agent.id))
    .replaceAll(/\{run\}/g, encodeURIComponent(run?.id ?? ''));
  return new URL(filled).href.replaceAll('|', '%7C');
}
