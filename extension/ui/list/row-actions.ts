/** The actions that a row offers, the most likely first. Pure. */
import { t } from '../../i18n/list.ts';
import type { Agent, Fleet, Run } from '../../../protocol/fleet/fleet.ts';
import { isFinal } from '../../../protocol/fleet/fleet.ts';
import { attentionOf, acknowledgedBy } from '../../../protocol/fleet/status.ts';

/** An action that sends a request to the service. */
export type RowRequest =
  | { readonly kind: 'run' | 'queue' }
  | { readonly kind: 'cancel' | 'pause' | 'resume' | 'retry'; readonly run: Run['id'] }
  | { readonly kind: 'mute' | 'unmute' }
  | { readonly kind: 'acknowledge' | 'unacknowledge'; readonly attention: number };

/** An action that opens a page. */
export type NavigationAction =
  | { readonly kind: 'view'; readonly run: Run['id'] }
  | { readonly kind: 'history' };

export type RowAction = RowRequest | NavigationAction;

export type RowActionKind = RowAction['kind'];

/** @param user the user that this browser is paired as. @param run the run that the row shows. */
export function actionsOf(
  fleet: Fleet,
  agent: Agent,
  run: Run | undefined,
  user: string,
): readonly RowRequest[] {
  const live = run && !isFinal(run.status) ? run : undefined;
  return [
    ...(live ? actionsDuringRun(agent, live) : actionsBetweenRuns(agent, run)),
    ...acknowledgeActions(fleet, agent, user),
  ];
}

/** @param run the run that the row shows. */
export function navigationActionsOf(run: Run | undefined): readonly NavigationAction[] {
  return [...(run ? [{ kind: 'view', run: run.id } as const] : []), { kind: 'history' }];
}

function actionsBetweenRuns({ liveness, capabilities }: Agent, run: Run | undefined): RowRequest[] {
  if (!capabilities.includes('run')) return [];
  if (liveness !== 'live') return [{ kind: 'queue' }];
  const again: RowRequest[] = run?.status === 'failed' ? [{ kind: 'retry', run: run.id }] : [];
  return [{ kind: 'run' }, ...again];
}

function actionsDuringRun({ capabilities }: Agent, run: Run): RowRequest[] {
  const { id, status, controlRequest, lost, cancelRequestedBy } = run;
  const can = (capability: Agent['capabilities'][number]) => capabilities.includes(capability);
  const actions: RowRequest[] = [];
  if (!lost && cancelRequestedBy === undefined) {
    if (can('cancel') || status === 'queued') actions.push({ kind: 'cancel', run: id });
    if (can('pause') && status === 'running' && !controlRequest)
      actions.push({ kind: 'pause', run: id });
    if (can('pause') && status === 'paused' && !controlRequest)
      actions.push({ kind: 'resume', run: id });
  }
  if (can('run') && status !== 'queued') actions.push({ kind: 'queue' });
  return actions;
}

function acknowledgeActions(fleet: Fleet, agent: Agent, user: string): RowRequest[] {
  const attention = attentionOf(fleet, agent);
  if (!attention) return [];
  const isMine = acknowledgedBy(agent, attention.seq) === user;
  return [{ kind: isMine ? 'unacknowledge' : 'acknowledge', attention: attention.seq }];
}

export function actionWords(kind: RowActionKind): string {
  return t(`action.${kind}`);
}

/** Shortcuts while the row has the focus. */
export const ACTION_KEYS: Record<RowActionKind, string> = {
  run: 'r',
  queue: 'q',
  cancel: 'c',
  pause: 'p',
  resume: 'p',
  retry: 't',
  acknowledge: 'o',
  unacknowledge: 'o',
  view: 'v',
  history: 'h',
  mute: 'm',
  unmute: 'm',
};
