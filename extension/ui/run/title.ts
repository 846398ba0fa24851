/** What the tab of a run page is called. Pure. */
import type { PageTarget } from '../../shared/pages.ts';
import { plainText } from '../../shared/plain-text.ts';
import type { Paired } from '../model.ts';
import { STATUS_WORDS } from '../words.ts';
import { runStatusOf } from './run-words.ts';

const NAME_CHARS = 60;

export function titleOf(target: PageTarget | undefined, all: readonly Paired[]): string {
  const fleet = all.find(({ service }) => service.id === target?.service)?.view.fleet;
  if (!target || !fleet) return 'Agentlight';
  if (target.kind === 'history') {
    const name = fleet.agents[target.agent]?.name ?? target.agent;
    return `${plainText(name, NAME_CHARS)}: history · Agentlight`;
  }
  const run = fleet.runs[target.run];
  if (!run) return 'Run · Agentlight';
  const name = fleet.agents[run.agent]?.name ?? run.agent;
  return `${plainText(name, NAME_CHARS)}: ${STATUS_WORDS[runStatusOf(run)]} · Agentlight`;
}
