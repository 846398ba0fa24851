/**
 * The fields of GitHub's webhook payloads that we use. Other fields are not checked, because GitHub changes them.
 * https://docs.github.com/webhooks/webhook-events-and-payloads
 */
import * as z from 'zod/mini';

const id = z.int().check(z.minimum(1));
const text = z.string();
const maybe = z.nullish(z.string());
const user = z.nullish(z.looseObject({ login: text }));

const repository = z.looseObject({ id, full_name: text.check(z.minLength(1)), html_url: text });
export type Repository = z.infer<typeof repository>;

/** The state and the result, which three kinds of payload have in common. */
const statusFields = { status: text, conclusion: maybe };

const workflowRun = z.looseObject({
  id,
  /** Name of the workflow; may be empty. */
  name: maybe,
  /** Title of the run: the commit's first line or the value of `run-name`. */
  display_title: maybe,
  path: maybe,
  run_number: z.optional(z.int()),
  /** A re-run has the id of the first run and the next number here. */
  run_attempt: z._default(z.int().check(z.minimum(1)), 1),
  event: maybe,
  head_branch: maybe,
  html_url: text,
  ...statusFields,
  created_at: maybe,
  run_started_at: maybe,
  updated_at: maybe,
  actor: user,
  triggering_actor: user,
});
export type WorkflowRun = z.infer<typeof workflowRun>;

const workflowJob = z.looseObject({
  id,
  run_id: id,
  run_attempt: z._default(z.int().check(z.minimum(1)), 1),
  name: text,
  workflow_name: maybe,
  head_branch: maybe,
  html_url: maybe,
  ...statusFields,
  created_at: maybe,
  started_at: maybe,
  completed_at: maybe,
});
export type WorkflowJob = z.infer<typeof workflowJob>;

const checkRun = z.looseObject({
  id,
  name: text,
  html_url: maybe,
  ...statusFields,
  started_at: maybe,
  completed_at: maybe,
  output: z.nullish(z.looseObject({ title: maybe })),
  app: z.nullish(z.looseObject({ slug: maybe, name: maybe })),
  check_suite: z.nullish(z.looseObject({ head_branch: maybe })),
});

const deployment = z.looseObject({ id, ref: maybe, environment: text, creator: user });
const deploymentStatus = z.looseObject({
  id,
  state: text,
  description: maybe,
  environment_url: maybe,
  log_url: maybe,
  target_url: maybe,
  created_at: maybe,
});

const action = text;

/** Schemas by the header `X-GitHub-Event`. Payloads of other events are not parsed. */
export const GITHUB_PAYLOADS = {
  workflow_run: z.looseObject({
    action,
    repository,
    workflow_run: workflowRun,
    workflow: z.nullish(z.looseObject({ name: maybe })),
  }),
  workflow_job: z.looseObject({ action, repository, workflow_job: workflowJob }),
  check_run: z.looseObject({ action, repository, check_run: checkRun }),
  deployment_status: z.looseObject({
    // older servers of GitHub Enterprise leave it out
    action: z._default(action, 'created'),
    repository,
    deployment,
    deployment_status: deploymentStatus,
  }),
} as const;

export type GithubEvent = keyof typeof GITHUB_PAYLOADS;
export type GithubPayload<E extends GithubEvent> = z.infer<(typeof GITHUB_PAYLOADS)[E]>;

export function isGithubEvent(event: string): event is GithubEvent {
  return Object.hasOwn(GITHUB_PAYLOADS, event);
}
