/**
 * Translates the webhooks of GitHub: workflows, checks and environments are agents.
 *
 * Deliveries overtake each other and some never come, so each is read as if it were the first, and says all that it
 * implies: the agent, that the run has begun, and where it stands.
 */
import { derivedId } from '../webhooks/derived-id.ts';
import type { WebhookTranslation } from '../webhooks/delivery.ts';
import { translateCheckRun } from './check.ts';
import { translateDeployment } from './deployment.ts';
import type { GithubEvent, GithubPayload } from './payload.ts';
import { translateWorkflowJob, translateWorkflowRun } from './workflow.ts';

/** Of the others nothing follows. */
const ACTIONS: Readonly<Record<GithubEvent, readonly string[]>> = {
  workflow_run: ['requested', 'in_progress', 'completed'],
  workflow_job: ['queued', 'waiting', 'in_progress', 'completed'],
  check_run: ['created', 'completed'],
  deployment_status: ['created'],
};

type Payloads = { [E in GithubEvent]: { readonly event: E; readonly payload: GithubPayload<E> } };

export type GithubTold = Payloads[GithubEvent];

/** @param delivery `X-GitHub-Delivery`: the same when GitHub is asked to deliver again. */
export function translateGithub(told: GithubTold, delivery: string): WebhookTranslation {
  const { action } = told.payload;
  if (!ACTIONS[told.event].includes(action)) {
    return { ignored: `The action ${action.slice(0, 40)} of ${told.event} means nothing here.` };
  }
  const idFor = (what: string) => derivedId('github', delivery, what);
  switch (told.event) {
    case 'workflow_run':
      return translateWorkflowRun(told.payload, idFor);
    case 'workflow_job':
      return translateWorkflowJob(told.payload, idFor);
    case 'check_run':
      return translateCheckRun(told.payload, idFor);
    case 'deployment_status':
      return translateDeployment(told.payload, idFor);
  }
}
