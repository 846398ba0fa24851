/**
 * Which desktop notifications are owed: from the difference between what was known and what is known now.
 *
 * Pure. An incident is an agent's attention with its position in the log; it is the same after any number of
 * reconnects, snapshots and lives of the worker, and so is the id of its notification.
 */
import type { Agent, Approval, Fleet, Run } from '../../protocol/fleet.ts';
import { currentRun } from '../../protocol/fleet.ts';
import type { Attention } from '../../protocol/status.ts';
import { attentionOf, openQuestions } from '../../protocol/status.ts';
import { lastLine, plainText } from '../shared/plain-text.ts';
import type { Notice } from '../shared/view.ts';

/** More at once become one notification that lists them. */
const MOST_AT_ONCE = 3;
const NAME_CHARS = 60;
const MESSAGE_CHARS = 160;

/** Ids of the notifications that are true now and that the person has not seen in the popup. */
export function dueIds(service: string, fleet: Fleet, seenSeq: number): Set<string> {
  return new Set(incidents(service, fleet, seenSeq).map(({ id }) => id));
}

/** Whether a notification still says something true; one that lists several does while one of them is. */
export function isDue(id: string, due: ReadonlySet<string>): boolean {
  return id.includes(':digest:') ? due.size > 0 : due.has(id);
}

export interface NewNoticesOptions {
  readonly seenSeq: number;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** In this time an answer in the terminal makes a notification unnecessary. */
  readonly questionGraceMs: number;
}

/** What is true now and was not before. */
export function newNotices(
  service: string,
  before: Fleet,
  after: Fleet,
  { seenSeq, nowMs, questionGraceMs }: NewNoticesOptions,
): readonly Notice[] {
  const known = dueIds(service, before, seenSeq);
  const fresh = incidents(service, after, seenSeq).filter(
    (incident) => !known.has(incident.id) && !isFlapping(incident),
  );
  if (fresh.length <= MOST_AT_ONCE) {
    return fresh.map((incident) => toNotice(after, incident, nowMs + questionGraceMs));
  }
  const id = `${service}:digest:${after.seq}`;
  const names = [...new Set(fresh.map(({ agent }) => plainText(agent.name, NAME_CHARS)))];
  return [
    {
      id,
      title: `${names.length} agents need a look`,
      message: plainText(names.join(', '), MESSAGE_CHARS),
    },
  ];
}

/** What one button of a notification asks for now; undefined when its time is over. */
export type Pressed =
  | { readonly button: 'deny'; readonly question: Approval; readonly choice: string }
  | { readonly button: 'retry'; readonly run: Run['id'] }
  | { readonly button: 'review' | 'open' };

/** @param index of the button that was pressed. */
export function pressedOf(
  service: string,
  fleet: Fleet,
  id: string,
  index: number,
): Pressed | undefined {
  const incident = incidents(service, fleet, 0).find((one) => one.id === id);
  const button = incident && toNotice(fleet, incident, 0).buttons?.[index];
  if (!button) return undefined;
  const { question, agent } = incident;
  if (button === 'deny') {
    const choice = question?.choices.find(({ tone }) => tone === 'deny')?.id;
    return question && choice !== undefined ? { button, question, choice } : undefined;
  }
  if (button !== 'retry') return { button };
  const run = currentRun(fleet, agent);
  return run && { button, run: run.id };
}

/** The run that a notification is about; undefined when it is about none, or asks something: then it is answered. */
export function runOfNotice(service: string, fleet: Fleet, id: string): Run['id'] | undefined {
  const incident = incidents(service, fleet, 0).find((one) => one.id === id);
  if (!incident || incident.question) return undefined;
  return currentRun(fleet, incident.agent)?.id;
}

/** It was told when it began, and may go on like this for long. */
function isFlapping({ kind, agent }: Incident): boolean {
  return kind === 'offline' && agent.vanished?.seq !== agent.livenessSeq;
}

interface Incident {
  readonly id: string;
  readonly kind: Attention['kind'] | 'question';
  readonly agent: Agent;
  readonly question?: Approval;
}

function incidents(service: string, fleet: Fleet, seenSeq: number): Incident[] {
  return Object.values(fleet.agents).flatMap((agent) => {
    const incident = (kind: Incident['kind'], seq: number) =>
      seq <= seenSeq ? [] : [{ id: `${service}:${kind}:${agent.id}:${seq}`, kind, agent }];
    const questions = openQuestions(fleet, agent).flatMap((question) =>
      incident('question', question.seq).map((one) => ({ ...one, question })),
    );
    const attention = attentionOf(fleet, agent);
    return [...questions, ...(attention ? incident(attention.kind, attention.seq) : [])];
  });
}

/** Our own words and the registered name first, the agent's words second. */
function toNotice(
  fleet: Fleet,
  { id, kind, agent, question }: Incident,
  graceEndMs: number,
): Notice {
  const name = plainText(agent.name, NAME_CHARS);
  if (question) return { id, showAtMs: graceEndMs, ...questionNotice(name, question) };
  const run = currentRun(fleet, agent);
  if (kind === 'failed') {
    const said = plainText(lastLine(run?.message ?? ''), MESSAGE_CHARS);
    const canRetry = agent.capabilities.includes('run') && agent.liveness === 'live';
    return {
      id,
      title: `${name} failed`,
      message: said === '' ? 'It gave no reason.' : said,
      buttons: canRetry ? ['retry', 'open'] : ['open'],
    };
  }
  const place = agent.host === undefined ? '' : ` on ${plainText(agent.host, NAME_CHARS)}`;
  const message =
    run && run.endedAt === undefined
      ? `Its runner${place} is out of contact in the middle of a run.`
      : `Its runner${place} is out of contact.`;
  return { id, title: `${name} is offline`, message };
}

function questionNotice(name: string, { kind, title, details = '', choices }: Approval) {
  const isPermission = kind === 'permission';
  const said = [title, details].filter((part) => part !== '').join(': ');
  const canDeny = choices.some(({ tone }) => tone === 'deny');
  return {
    title: isPermission ? `${name} needs your approval` : `${name} has a question`,
    message: plainText(said, MESSAGE_CHARS),
    buttons: canDeny ? (['review', 'deny'] as const) : (['review'] as const),
    isSticky: true,
  };
}
