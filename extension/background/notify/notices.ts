/**
 * Derives desktop notifications from the difference between two states of a fleet. Pure.
 *
 * An incident is something that happened to an agent, identified by its position in the log. Reconnects, snapshots and
 * restarts of the worker don't change it, so they don't change the id of its notification either.
 */
import type { Agent, Approval, Fleet, Run } from '../../../protocol/fleet/fleet.ts';
import { activeRuns, currentRun } from '../../../protocol/fleet/fleet.ts';
import { attentionOf, openQuestions } from '../../../protocol/fleet/status.ts';
import { plainText } from '../../shared/plain-text.ts';
import type { NoticeKind } from '../../shared/settings.ts';
import type { BrowserNotice } from '../../shared/view.ts';
import type { Subject } from './notice-words.ts';
import { isApprovable, NAME_CHARS, noticeWords } from './notice-words.ts';

/** Ids of the notifications that apply now and that the person has not seen in the popup. */
export function dueIds(service: string, fleet: Fleet, seenSeq: number): Set<string> {
  return new Set(incidents(service, fleet, seenSeq).map(({ id }) => id));
}

/**
 * Whether a notification still applies. A `digest` applies while something needs attention, a `summary` until the
 * person opens the popup.
 */
export function isDue(id: string, due: ReadonlySet<string>, seenSeq: number): boolean {
  const [, kind, seq] = id.split(':');
  if (kind === 'summary') return Number(seq) > seenSeq;
  if (kind === 'digest') return [...due].some((one) => !TRANSIENT.test(one));
  return due.has(id.replace(APPROVABLE, ':question:'));
}

/** Incidents that are over as soon as they have happened. */
const TRANSIENT = /:(budget|finished):/;
/** Part of the id of a question's notification that has an Approve button: browsers report buttons by index. */
const APPROVABLE = ':approvable:';

export interface NewNoticesOptions {
  readonly seenSeq: number;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Delay before a question is shown, in which an answer in the terminal makes the notification unnecessary. */
  readonly questionGraceMs: number;
  /** The user that this browser is paired as. */
  readonly user: string;
  /** Whether questions may be approved from their notification. */
  readonly approves: boolean;
}

/** Notifications of the incidents in `after` that are not in `before`. */
export function newNotices(
  service: string,
  before: Fleet,
  after: Fleet,
  options: NewNoticesOptions,
): readonly BrowserNotice[] {
  const known = dueIds(service, before, options.seenSeq);
  return incidents(service, after, options.seenSeq)
    .filter((incident) => !known.has(incident.id) && !isFlapping(incident))
    .map((incident) => toNotice(after, incident, options));
}

/** What a button of a notification does. */
export type NoticeAction =
  | {
      readonly button: 'approve' | 'deny';
      readonly question: Approval;
      readonly choice: string;
    }
  | { readonly button: 'retry'; readonly run: Run['id'] }
  | { readonly button: 'review' | 'open' };

/**
 * @param index of the pressed button.
 * @param approves the current setting, not the one at the time the notification was shown.
 * @returns undefined when the incident is over.
 */
export function noticeActionOf(
  service: string,
  fleet: Fleet,
  id: string,
  index: number,
  approves: boolean,
): NoticeAction | undefined {
  const wasApprovable = id.includes(APPROVABLE);
  const incidentId = id.replace(APPROVABLE, ':question:');
  const incident = incidents(service, fleet, 0).find((one) => one.id === incidentId);
  if (!incident) return undefined;
  const { kind, question, agent } = incident;
  const button = noticeWords(fleet, kind, incident, wasApprovable).buttons?.[index];
  switch (button) {
    case 'approve':
    case 'deny': {
      if (button === 'approve' && !approves) return { button: 'review' };
      const tone = button === 'approve' ? 'allow' : 'deny';
      const choice = question?.choices.find((one) => one.tone === tone)?.id;
      return question && choice !== undefined ? { button, question, choice } : undefined;
    }
    case 'retry': {
      const run = currentRun(fleet, agent);
      return run && { button, run: run.id };
    }
    default:
      return button && { button };
  }
}

/** The run that a notification is about; undefined for a question, which is answered in the popup, and without a run. */
export function runOfNotice(service: string, fleet: Fleet, id: string): Run['id'] | undefined {
  const incident = incidents(service, fleet, 0).find((one) => one.id === id);
  if (!incident || incident.question) return undefined;
  return currentRun(fleet, incident.agent)?.id;
}

/** The connection keeps breaking, and the first break was notified already. */
function isFlapping({ kind, agent }: Incident): boolean {
  return kind === 'offline' && agent.lostSince?.seq !== agent.livenessSeq;
}

interface Incident extends Subject {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly seq: number;
}

function incidents(service: string, fleet: Fleet, seenSeq: number): Incident[] {
  return Object.values(fleet.agents)
    .flatMap((agent) => [...incidentsOf(fleet, agent)])
    .filter(({ seq }) => seq > seenSeq)
    .map((one) => ({ ...one, id: `${service}:${one.kind}:${one.agent.id}:${one.seq}` }));
}

function* incidentsOf(fleet: Fleet, agent: Agent): Generator<Omit<Incident, 'id'>> {
  for (const question of openQuestions(fleet, agent)) {
    yield { kind: 'question', seq: question.seq, agent, question };
  }
  const attention = attentionOf(fleet, agent);
  if (attention) yield { ...attention, agent };
  const last = agent.lastRun === undefined ? undefined : fleet.runs[agent.lastRun];
  for (const run of [...activeRuns(fleet, agent), ...(last ? [last] : [])]) {
    for (const excess of run.overBudget ?? []) {
      yield { kind: 'budget', seq: excess.seq, agent, run, excess };
    }
  }
  if (last?.status === 'succeeded') {
    yield { kind: 'finished', seq: last.statusSeq, agent, run: last };
  }
}

function toNotice(
  fleet: Fleet,
  incident: Incident,
  { nowMs, questionGraceMs, user, approves }: NewNoticesOptions,
): BrowserNotice {
  const { id, kind, seq, agent, question, run } = incident;
  const isAnswerable = approves && question && isApprovable(question);
  return {
    id: isAnswerable ? id.replace(':question:', APPROVABLE) : id,
    ...(question && { showAtMs: nowMs + questionGraceMs }),
    ...noticeWords(fleet, kind, incident, approves),
    occasion: {
      kind,
      seq,
      agent: agent.id,
      name: plainText(agent.name, NAME_CHARS),
      ...(agent.tags && { tags: agent.tags }),
      ...(kind === 'finished' && run && { isMine: run.requestedBy === user, tookMs: tookMs(run) }),
    },
  };
}

function tookMs({ startedAt, endedAt }: Run): number {
  return startedAt === undefined || endedAt === undefined
    ? 0
    : Date.parse(endedAt) - Date.parse(startedAt);
}
