/** Translates deployments: an environment is an agent, each deployment to it a run. */
import type { WebhookTranslation } from '../webhooks/delivery.ts';
import { derivedId } from '../webhooks/derived-id.ts';
import { cut } from '../shown-text.ts';
import type { GithubPayload } from './payload.ts';
import { begin, linkTo, paused, resumed, type IdFor } from './run.ts';
import { endingOf, endOfRun, timeOf } from './status.ts';
import { agentOf, runOf } from './subject.ts';

/** The equivalent conclusion of a check. Other states do not end a deployment. */
const CONCLUSIONS: Readonly<Record<string, string>> = {
  success: 'success',
  failure: 'failure',
  error: 'failure',
};
const WAITING: Readonly<Record<string, string>> = {
  queued: 'Queued on GitHub',
  pending: 'Queued on GitHub',
  waiting: 'Waiting for approval on GitHub',
};

export function translateDeployment(
  { repository, deployment, deployment_status: status }: GithubPayload<'deployment_status'>,
  idFor: IdFor,
): WebhookTranslation {
  const { environment, ref, creator } = deployment;
  const run = runOf(repository, 'deployment', deployment.id);
  const time = timeOf(status.created_at);
  const what = [ref || 'Deployment', creator ? `by ${creator.login}` : ''].filter(Boolean);
  const started = begin(idFor, time, what.join(' '));
  const url = status.log_url || status.target_url || repository.html_url;
  const about = {
    kind: 'deployment',
    name: `deploy to ${environment}`,
    url: `${repository.html_url}/deployments`,
  } as const;
  const delivery = { agent: agentOf(repository, about), run, at: time };
  const waits = Object.hasOwn(WAITING, status.state) ? WAITING[status.state] : undefined;
  if (waits !== undefined) {
    return { ...delivery, groups: [[started, paused(idFor, time, waits)]] };
  }
  if (status.state === 'in_progress') {
    return { ...delivery, groups: [[started], [resumed(idFor, time)]] };
  }
  if (!Object.hasOwn(CONCLUSIONS, status.state)) {
    return { ignored: `The state "${cut(status.state, 40)}" of a deployment is not used.` };
  }
  const end = endOfRun(endingOf(CONCLUSIONS[status.state]), [status.description ?? '', url], {
    id: idFor('ended'),
    time,
  });
  const link = linkTo(environment, status.environment_url, derivedId('github-link', run));
  return { ...delivery, groups: [[started], link, [end]] };
}
