/** Notices in words: our own and the registered name first, the agent's words second. Pure. */
import { perLocale } from '../../i18n/language.ts';
import { t } from '../../i18n/worker.ts';
import type { Agent, Approval, Fleet, Run } from '../../../protocol/fleet/fleet.ts';
import { currentRun } from '../../../protocol/fleet/fleet.ts';
import { lastLine, plainText } from '../../shared/plain-text.ts';
import type { NoticeKind } from '../../shared/settings.ts';
import type { BrowserNotice, NoticeButton } from '../../shared/view.ts';

export const NAME_CHARS = 60;
export const MESSAGE_CHARS = 160;
/** What is approved must be seen whole, and desktops cut off sooner than we do. */
const APPROVABLE_CHARS = 100;

type Words = Pick<BrowserNotice, 'title' | 'message' | 'buttons' | 'isSticky'>;

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
export function noticeWords(
  fleet: Fleet,
  kind: NoticeKind,
  subject: Subject,
  approves: boolean,
): Words {
  const { agent, question, excess, run = currentRun(fleet, agent) } = subject;
  const name = plainText(agent.name, NAME_CHARS);
  switch (kind) {
    case 'question':
      return question ? questionWords(name, question, approves) : { title: name, message: '' };
    case 'failed':
      return {
        title: t('notice.failed', { name }),
        message: saidBy(run) || t('notice.failed-silently'),
        buttons: canRun(agent) ? ['retry', 'open'] : ['open'],
      };
    case 'finished':
      return {
        title: t('notice.finished', { name }),
        message: saidBy(run) || t('notice.finished-silently'),
      };
    case 'budget':
      return {
        title: t('notice.budget', { name }),
        message: excess ? excessWords(excess) : '',
      };
    case 'offline':
      return { title: t('notice.offline', { name }), message: goneWords(agent, run) };
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
    title: t(kind === 'permission' ? 'notice.permission' : 'notice.question', { name }),
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

function goneWords({ host }: Agent, run: Run | undefined): string {
  const isRunning = run !== undefined && run.endedAt === undefined;
  if (host === undefined) return t(isRunning ? 'notice.gone-running' : 'notice.gone');
  const where = { host: plainText(host, NAME_CHARS) };
  return t(isRunning ? 'notice.gone-on-running' : 'notice.gone-on', where);
}

const dollars = perLocale(
  (locale) => new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' }),
);

function excessWords({ limit, allowed, used }: NonNullable<Subject['excess']>): string {
  const amount = (value: number) =>
    limit.startsWith('costUsd')
      ? dollars().format(value)
      : t('notice.tokens', { count: Math.round(value) });
  const amounts = { used: amount(used), allowed: amount(allowed) };
  return t(limit.endsWith('Day') ? 'notice.used-per-day' : 'notice.used-per-run', amounts);
}
