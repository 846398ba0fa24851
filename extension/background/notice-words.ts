/** Notices in words: our own and the registered name first, the agent's words second. Pure. */
import type { Agent, Approval, Fleet, Run } from '../../protocol/fleet.ts';
import { currentRun } from '../../protocol/fleet.ts';
import { lastLine, plainText } from '../shared/plain-text.ts';
import type { Kind } from '../shared/settings.ts';
import type { Notice, NoticeButton } from '../shared/view.ts';

export const NAME_CHARS = 60;
export const MESSAGE_CHARS = 160;
/** What is approved must be seen whole, and desktops cut off sooner than we do. */
const APPROVABLE_CHARS = 100;

type Words = Pick<Notice, 'title' | 'message' | 'buttons' | 'isSticky'>;

export interface Subject {
  readonly agent: Agent;
  /** Of a question. */
  readonly question?: Approval;
  /** Of what a run did. */
  readonly run?: Run;
  /** Of a budget. */
  readonly excess?: NonNullable<Run['overBudget']>[number];
}

/** @param approves whether a question that can be approved right here has the button for it. */
export function noticeWords(fleet: Fleet, kind: Kind, subject: Subject, approves: boolean): Words {
  const { agent, question, excess, run = currentRun(fleet, agent) } = subject;
  const name = plainText(agent.name, NAME_CHARS);
  switch (kind) {
    case 'question':
      return question ? questionWords(name, question, approves) : { title: name, message: '' };
    case 'failed':
      return {
        title: `${name} failed`,
        message: saidBy(run) || 'It gave no reason.',
        buttons: canRun(agent) ? ['retry', 'open'] : ['open'],
      };
    case 'finished':
      return { title: `${name} finished`, message: saidBy(run) || 'It went well.' };
    case 'budget':
      return { title: `${name} is over its budget`, message: excess ? excessWords(excess) : '' };
    case 'offline': {
      const place = agent.host === undefined ? '' : ` on ${plainText(agent.host, NAME_CHARS)}`;
      const isRunning = run && run.endedAt === undefined;
      const when = isRunning ? ' in the middle of a run' : '';
      return {
        title: `${name} is offline`,
        message: `Its runner${place} is out of contact${when}.`,
      };
    }
  }
}

/** Whether it can be answered from its notification: a permission, shown whole, with one way to grant it. */
export function isApprovable(question: Approval): boolean {
  const said = wordsOf(question);
  const ways = question.choices.filter(({ tone }) => tone === 'allow');
  return (
    question.kind === 'permission' &&
    ways.length === 1 &&
    plainText(said, APPROVABLE_CHARS) === said
  );
}

function wordsOf({ title, details = '' }: Approval): string {
  return [title, details].filter((part) => part !== '').join(': ');
}

function questionWords(name: string, question: Approval, approves: boolean): Words {
  const { kind, choices } = question;
  const buttons: NoticeButton[] = [
    approves && isApprovable(question) ? 'approve' : 'review',
    ...(choices.some(({ tone }) => tone === 'deny') ? (['deny'] as const) : []),
  ];
  return {
    title: kind === 'permission' ? `${name} needs your approval` : `${name} has a question`,
    message: plainText(wordsOf(question), MESSAGE_CHARS),
    buttons,
    isSticky: true,
  };
}

function canRun({ capabilities, liveness }: Agent): boolean {
  return capabilities.includes('run') && liveness === 'live';
}

function saidBy(run: Run | undefined): string {
  return plainText(lastLine(run?.message ?? ''), MESSAGE_CHARS);
}

function excessWords({ limit, allowed, used }: NonNullable<Subject['excess']>): string {
  const amount = (value: number) =>
    limit.startsWith('costUsd') ? `$${value.toFixed(2)}` : `${Math.round(value)} tokens`;
  const scope = limit.endsWith('Day') ? 'day' : 'run';
  return `It has used ${amount(used)} of ${amount(allowed)} per ${scope}.`;
}
