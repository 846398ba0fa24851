/** Texts of notifications: a fixed template with the registered name first, the agent's own words second. Pure. */
import { perLocale } from '../../i18n/language.ts';
import { t } from '../../i18n/worker.ts';
import type { Agent, Approval, Fleet, Run } from '../../../protocol/fleet/fleet.ts';
import { currentRun } from '../../../protocol/fleet/fleet.ts';
import { lastLine, plainText } from '../../shared/plain-text.ts';
import type { NoticeKind } from '../../shared/settings.ts';
import type { BrowserNotice, NoticeButton } from '../../shared/view.ts';

export const NAME_CHARS = 60;
export const MESSAGE_CHARS = 160;
/** What is approved must be shown in full, and desktops truncate sooner than `MESSAGE_CHARS`. */
const APPROVABLE_CHARS = 100;

type Words = Pick<BrowserNotice, 'title' | 'message' | 'buttons' | 'isSticky'>;

export interface Subject {
  readonly agent: Agent;
  /** For a notice of kind `question`. */
  readonly question?: Approval;
  /** Default: the agent's current run. */
  readonly run?: Run;
  /** For a notice of kind `budget`. */
  readonly excess?: NonNullable<Run['overBudget']>[number];
}

/** @param approves whether a question that `isApprovable` gets an Approve button. */
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
        message: messageOf(run) || t('notice.failed-no-reason'),
        buttons: canRun(agent) ? ['retry', 'open'] : ['open'],
      };
    case 'finished':
      return {
        title: t('notice.finished', { name }),
        message: messageOf(run) || t('notice.finished-no-message'),
      };
    case 'budget':
      return {
        title: t('notice.budget', { name }),
        message: excess ? budgetWords(excess) : '',
      };
    case 'offline':
      return { title: t('notice.offline', { name }), message: offlineWords(agent, run) };
  }
}

/** Whether a notification may offer Approve: a permission question, shown in full, with one way to grant it. */
export function isApprovable(question: Approval): boolean {
  const words = wordsOf(question);
  const grants = question.choices.filter(({ tone }) => tone === 'allow');
  return (
    question.kind === 'permission' &&
    grants.length === 1 &&
    plainText(words, APPROVABLE_CHARS) === words
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

function messageOf(run: Run | undefined): string {
  return plainText(lastLine(run?.message ?? ''), MESSAGE_CHARS);
}

function offlineWords({ host }: Agent, run: Run | undefined): string {
  const isRunning = run !== undefined && run.endedAt === undefined;
  if (host === undefined) return t(isRunning ? 'notice.lost-run' : 'notice.lost');
  const where = { host: plainText(host, NAME_CHARS) };
  return t(isRunning ? 'notice.lost-run-on-host' : 'notice.lost-on-host', where);
}

const dollars = perLocale(
  (locale) => new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' }),
);

function budgetWords({ limit, allowed, used }: NonNullable<Subject['excess']>): string {
  const amount = (value: number) =>
    limit.startsWith('costUsd')
      ? dollars().format(value)
      : t('notice.tokens', { count: Math.round(value) });
  const amounts = { used: amount(used), allowed: amount(allowed) };
  return t(limit.endsWith('Day') ? 'notice.used-per-day' : 'notice.used-per-run', amounts);
}
