/** The fleet as sections of rows. Pure; rows don't change their order as time passes. */
import { language, perLocale } from '../../i18n/language.ts';
import { t } from '../../i18n/list.ts';
import type { Agent, Fleet, Run } from '../../../protocol/fleet/fleet.ts';
import { currentRun, isFinal } from '../../../protocol/fleet/fleet.ts';
import type { Status } from '../../../protocol/fleet/status.ts';
import {
  attentionOf,
  acknowledgedBy,
  openQuestions,
  statusOf,
} from '../../../protocol/fleet/status.ts';
import { lastLine, plainText } from '../../shared/plain-text.ts';
import type { NavigationAction, RowRequest } from './row-actions.ts';
import { actionsOf, navigationActionsOf } from './row-actions.ts';
import { ago, dollars, duration } from '../parts/times.ts';
import { statusWords } from '../parts/words.ts';

export type SectionId = 'failed' | 'lost' | 'running' | 'idle' | 'offline';

/** The most urgent first. */
export const SECTIONS: readonly SectionId[] = ['failed', 'lost', 'running', 'idle', 'offline'];

export interface Section {
  readonly id: SectionId;
  readonly rows: readonly Row[];
}

/** Epoch milliseconds by the service's clock. */
export type RowTime =
  | { readonly kind: 'elapsed'; readonly sinceMs: number }
  | { readonly kind: 'ago' | 'seen'; readonly atMs: number };

export interface Bar {
  readonly outcome: 'succeeded' | 'failed' | 'cancelled';
  /** 0 to 1: duration relative to the longest one shown. */
  readonly height: number;
}

export interface Row {
  readonly agent: string;
  readonly name: string;
  /** The machine; undefined where all agents run on the same one. */
  readonly host: string | undefined;
  /** The machine, if reported. */
  readonly machine: string | undefined;
  readonly tags: readonly string[];
  /** Registered by this user, or running at their request. */
  readonly isMine: boolean;
  readonly status: Status;
  /** What it is doing or how the last run ended, in one line; may be the agent's own words. */
  readonly line: string;
  /** Set for a run whose runner lost contact; shown instead of `line`. */
  readonly lostRun: { readonly host: string | undefined; readonly atMs: number } | undefined;
  readonly isFailure: boolean;
  readonly time: RowTime | undefined;
  /** 0 to 1. */
  readonly progress: number | undefined;
  readonly bars: readonly Bar[];
  /** The first is the main action. */
  readonly actions: readonly RowRequest[];
  readonly navigation: readonly NavigationAction[];
  /** The current or last run, if any. */
  readonly run: Run['id'] | undefined;
  /** Whether a form opens before a run. */
  readonly asksBeforeRun: boolean;
  /** The user who is on it. */
  readonly acknowledgedBy: string | undefined;
}

const LINE_CHARS = 300;
const HOST_CHARS = 60;
const collator = perLocale((locale) => new Intl.Collator(locale, { numeric: true }));

/**
 * Sections of the agents without open questions, the most urgent first; inside by name.
 *
 * @param user the user that this browser is paired as.
 */
export function sectionsOf(fleet: Fleet, user: string): readonly Section[] {
  const known = sectionsCache.get(fleet);
  const { id } = language();
  if (known?.user === user && known.language === id) return known.sections;
  const sections = makeSections(fleet, user);
  sectionsCache.set(fleet, { user, language: id, sections });
  return sections;
}

/** Several components of a page show the same fleet. */
const sectionsCache = new WeakMap<
  Fleet,
  { user: string; language: string; sections: readonly Section[] }
>();

function makeSections(fleet: Fleet, user: string): readonly Section[] {
  const agents = Object.values(fleet.agents)
    // agents with open questions are shown as cards
    .filter((agent) => openQuestions(fleet, agent).length === 0)
    .toSorted((a, b) => collator().compare(a.name, b.name) || (a.id < b.id ? -1 : 1));
  const severalHosts = new Set(agents.map(({ host }) => host)).size > 1;
  const rows = agents.map((agent) => ({
    section: sectionOf(fleet, agent),
    row: rowOf(fleet, agent, user, severalHosts),
  }));
  return SECTIONS.map((id) => ({
    id,
    rows: rows.filter(({ section }) => section === id).map(({ row }) => row),
  })).filter((section) => section.rows.length > 0);
}

function sectionOf(fleet: Fleet, agent: Agent): SectionId {
  const attention = attentionOf(fleet, agent);
  if (attention) return attention.kind === 'failed' ? 'failed' : 'lost';
  switch (statusOf(fleet, agent)) {
    case 'lost':
      return 'lost';
    case 'running':
    case 'paused':
    case 'requested':
    case 'queued':
    case 'cancelling':
      return 'running';
    case 'offline':
      return 'offline';
    default:
      return 'idle';
  }
}

function rowOf(fleet: Fleet, agent: Agent, user: string, severalHosts: boolean): Row {
  const status = statusOf(fleet, agent);
  const run = currentRun(fleet, agent);
  const live = run && !isFinal(run.status) ? run : undefined;
  const attention = attentionOf(fleet, agent);
  return {
    agent: agent.id,
    name: agent.name,
    host: severalHosts ? agent.host : undefined,
    machine: agent.host,
    tags: agent.tags ?? [],
    isMine: agent.owner === user || live?.requestedBy === user,
    status,
    line: plainText(lineOf(agent, run, status), LINE_CHARS),
    lostRun: lostRunOf(agent, run, status),
    isFailure: status === 'failed',
    time: timeOf(agent, run, status),
    progress: live?.progress?.value,
    bars: barsOf(agent),
    actions: actionsOf(fleet, agent, run, user),
    navigation: navigationActionsOf(run),
    run: run?.id,
    asksBeforeRun: agent.capabilities.includes('prompt') || agent.parameters !== undefined,
    acknowledgedBy: attention && acknowledgedBy(agent, attention.seq),
  };
}

function lineOf(agent: Agent, run: Run | undefined, status: Status): string {
  switch (status) {
    case 'needs-approval':
    case 'needs-input':
      return agent.approvals?.[0]?.title ?? '';
    case 'failed':
      return failureLine(run);
    case 'running':
      return activityLine(run) || statusWords('running');
    case 'requested':
      return t('line.starting');
    case 'cancelling':
      return t('line.cancelling');
    case 'paused':
      return [t('line.paused'), activityLine(run)].filter(Boolean).join(' · ');
    case 'queued':
      return t('line.queued');
    case 'lost':
    case 'offline':
      return t(agent.offlineReason === 'goodbye' ? 'line.stopped' : 'line.offline');
    case 'stale':
      return t('line.stale');
    case 'succeeded':
    case 'cancelled':
      return outcomeLine(agent, run);
    case 'idle':
      return agent.description ?? t('line.idle');
  }
}

export function failureLine(run: Run | undefined): string {
  const { failure, message = '' } = run ?? {};
  const how =
    failure?.exitCode !== undefined
      ? t('line.exit', { code: String(failure.exitCode) })
      : (failure?.signal ?? (failure?.reason === 'timeout' ? t('line.timeout') : ''));
  return [how, lastLine(message)].filter(Boolean).join(' · ') || t('line.no-reason');
}

function lostRunOf(agent: Agent, run: Run | undefined, status: Status): Row['lostRun'] {
  const { host, liveness, offlineReason, lostSince, lastSeenAt } = agent;
  const isGivenUp = run?.failure?.reason === 'lost' && offlineReason !== 'goodbye';
  if (status !== 'lost' && !(status === 'offline' && isGivenUp)) return undefined;
  // `lostSince` may be of an earlier loss when the service has restarted and the agent is stale
  const at = liveness === 'offline' ? (lostSince?.at ?? lastSeenAt) : lastSeenAt;
  return {
    host: host === undefined ? undefined : plainText(host, HOST_CHARS),
    atMs: Date.parse(at),
  };
}

/** The line to show; for a lost run with the time since, which changes while the row does not. */
export function rowLine({ line, lostRun }: Row, nowMs: number): string {
  if (!lostRun) return line;
  const time = ago(lostRun.atMs, nowMs);
  return lostRun.host === undefined
    ? t('line.lost-run', { time })
    : t('line.lost-run-on-host', { host: lostRun.host, time });
}

/** Cost so far; empty when unknown. */
function costOf({ usage, overBudget }: Run): string {
  if (usage?.costUsd === undefined) return '';
  const cost = dollars(usage.costUsd);
  return overBudget ? t('line.over-budget', { cost }) : cost;
}

function activityLine(run: Run | undefined): string {
  if (!run) return '';
  const { phase, progress, steps, command } = run;
  const step = steps?.current?.name;
  const count =
    steps?.total &&
    t('line.steps', {
      done: steps.completed + steps.failed + steps.skipped,
      count: steps.total,
    });
  const known = [phase, step, progress?.message, count].filter(Boolean).join(' · ');
  return [known || command, costOf(run)].filter(Boolean).join(' · ');
}

function outcomeLine(agent: Agent, run: Run | undefined): string {
  const last = agent.recent.at(-1);
  const message = lastLine(run?.message ?? '');
  return [outcomeWords(last), message].filter(Boolean).join(' · ');
}

function outcomeWords(last: Agent['recent'][number] | undefined): string {
  if (!last) return t('line.succeeded');
  const took = { duration: duration(last.durationMs) };
  return last.status === 'cancelled'
    ? t('line.cancelled-after', took)
    : t('line.succeeded-in', took);
}

function timeOf(agent: Agent, run: Run | undefined, status: Status): RowTime | undefined {
  if (run && !isFinal(run.status) && status !== 'offline') {
    const since = run.startedAt ?? run.requestedAt;
    return since === undefined ? undefined : { kind: 'elapsed', sinceMs: Date.parse(since) };
  }
  if (status === 'offline' || status === 'stale') {
    return { kind: 'seen', atMs: Date.parse(agent.lastSeenAt) };
  }
  return run?.endedAt === undefined ? undefined : { kind: 'ago', atMs: Date.parse(run.endedAt) };
}

function barsOf({ recent }: Agent): readonly Bar[] {
  const longestMs = Math.max(1, ...recent.map(({ durationMs }) => durationMs));
  return recent.map(({ status, durationMs }) => ({
    outcome: status,
    height: Math.sqrt(durationMs / longestMs),
  }));
}

/** Number of rows in a section. */
export function rowCount(sections: readonly Section[], id: SectionId): number {
  return sections.find((section) => section.id === id)?.rows.length ?? 0;
}
