/** Status, cost, duration and possible actions of a run. Pure. */
import { t } from '../../../i18n/run.ts';
import type { Agent, Approval, Run } from '../../../../protocol/fleet/fleet.ts';
import { isFinal } from '../../../../protocol/fleet/fleet.ts';
import type { Status } from '../../../../protocol/fleet/status.ts';
import type { RunControl } from '../../../shared/messages.ts';
import { dollars } from '../../parts/times.ts';

/** The status of the run itself, not of its agent. @param asks kind of the run's open question, if there is one. */
export function runStatusOf(run: Run, asks?: Approval['kind']): Status {
  if (isFinal(run.status)) return run.status;
  if (run.lost) return 'lost';
  if (run.cancelRequestedBy !== undefined) return 'cancelling';
  if (asks === undefined) return run.status;
  return asks === 'permission' ? 'needs-approval' : 'needs-input';
}

/** @param agent undefined when it was removed or is not loaded yet. */
export function runControlsOf(run: Run, agent: Agent | undefined): readonly RunControl[] {
  const can = (what: Agent['capabilities'][number]) => agent?.capabilities.includes(what) === true;
  if (isFinal(run.status)) return can('run') && agent?.liveness === 'live' ? ['retry'] : [];
  if (run.lost || run.cancelRequestedBy !== undefined) return [];
  const actions: RunControl[] = [];
  if (can('cancel') || run.status === 'queued') actions.push('cancel');
  if (can('pause') && run.status === 'running' && !run.controlRequest) actions.push('pause');
  if (can('pause') && run.status === 'paused' && !run.controlRequest) actions.push('resume');
  return actions;
}

/** When the run started or, before that, was requested: epoch milliseconds by the service's clock. */
export function beganMs({ requestedAt, startedAt }: Run): number | undefined {
  const began = startedAt ?? requestedAt;
  return began === undefined ? undefined : Date.parse(began);
}

/** How long the run took, or has taken so far, in milliseconds. @param nowMs by the service's clock. */
export function durationOf(run: Run, nowMs: number): number | undefined {
  const began = beganMs(run);
  if (began === undefined || run.status === 'queued') return undefined;
  return (run.endedAt === undefined ? nowMs : Date.parse(run.endedAt)) - began;
}

/** "$0.42 of $5.00 · 20,642 tokens"; empty when nothing was reported. */
export function costWords({ usage, overBudget }: Run, agent: Agent | undefined): string {
  const { costUsd, inputTokens, outputTokens, model } = usage ?? {};
  const { costUsdPerRun, tokensPerRun } = agent?.budget ?? {};
  const words: (string | undefined)[] = [];
  if (costUsd !== undefined) {
    const cost = dollars(costUsd);
    words.push(
      costUsdPerRun === undefined ? cost : t('cost.of', { cost, limit: dollars(costUsdPerRun) }),
    );
  }
  if (inputTokens !== undefined || outputTokens !== undefined) {
    const tokens = (inputTokens ?? 0) + (outputTokens ?? 0);
    words.push(
      tokensPerRun === undefined
        ? t('cost.tokens', { count: tokens })
        : t('cost.tokens-of', { used: tokens, count: tokensPerRun }),
    );
  }
  return [...words, overBudget && t('cost.over-budget'), model].filter(Boolean).join(' · ');
}

/** Name and value of each parameter of the run. */
export function givenWords({ params = {} }: Run): readonly (readonly [string, string])[] {
  return Object.entries(params).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
}
