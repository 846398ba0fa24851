/**
 * Translates the webhooks of GitHub: workflows, checks and environments become agents.
 *
 * Deliveries arrive out of order and some get lost, so each is translated as if it were the first one: to the agent,
 * the start of the run and its current state.
 */
import { derivedId } from '../webhooks/derived-id.ts';
import type { WebhookTranslation } from '../webhooks/delivery.ts';
import { translateCheckRun } from './check.ts';
import { translateDeployment } from './deployment.ts';
import type { GithubEvent, GithubPayload } from './payload.ts';
import { translateWorkflowJob, translateWorkflowRun } from './workflow.ts';

/** The actions that we use; others are ignored. */
const ACTIONS: Readonly<Record<GithubEvent, readonly string[]>> = {
  workflow_run: ['requested', 'in_progress', 'completed'],
  workflow_job: ['queued', 'waiting', 'in_progress', 'completed'],
  check_run: ['created', 'completed'],
  deployment_status: ['created'],
};

type Payloads = { [E in GithubEvent]: { readonly event: E; readonly payload: GithubPayload<E> } };

export type GithubDelivery = Payloads[GithubEvent];

/** @param deliveryId `X-GitHub-Delivery`, which stays the same when GitHub delivers again. */
export function translateGithub(delivery: GithubDelivery, deliveryId: string): WebhookTranslation {
  const { action } = delivery.payload;
  if (!ACTIONS[delivery.event].includes(action)) {
    return { ignored: `The action ${action.slice(0, 40)} of ${delivery.event} is not used.` };
  }
  const idFor = (what: string) => derivedId('github', deliveryId, what);
  switch (delivery.event) {
    case 'workflow_run':
      return translateWorkflowRun(delivery.payload, idFor);
    case 'workflow_job':
      return translateWorkflowJob(delivery.payload, idFor);
    case 'check_run':
      return translateCheckRun(delivery.payload, idFor);
    case 'deployment_status':
      return translateDeployment(delivery.payload, idFor);
  }
}
