/** Translates workflow runs and jobs: a workflow is an agent, each attempt a run, a job a step. */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { WebhookDelivery, DeliveryEvent } from '../webhooks/delivery.ts';
import { derivedId } from '../webhooks/derived-id.ts';
import { plainName } from '../shown-text.ts';
import type { GithubPayload, Repository, WorkflowJob, WorkflowRun } from './payload.ts';
import { begin, linkTo, paused, resumed, type IdFor } from './run.ts';
import { endingOf, endOfRun, phaseOf, timeOf } from './status.ts';
import { agentOf, runOf } from './subject.ts';
import { requestReview, questionId } from './review-request.ts';

export function translateWorkflowRun(
  { repository, workflow, workflow_run: workflowRun }: GithubPayload<'workflow_run'>,
  idFor: IdFor,
): WebhookDelivery {
  const run = runOf(repository, 'workflow', workflowRun.id, workflowRun.run_attempt);
  const time = timeOf(workflowRun.updated_at);
  const startedAt = timeOf(workflowRun.run_started_at ?? workflowRun.created_at);
  const started = begin(idFor, startedAt, commandOf(workflowRun));
  const link = linkTo('Run on GitHub', workflowRun.html_url, derivedId('github-link', run));
  const running = derivedId('github-running', run);
  const question = questionId(run, 'run');
  const delivery = {
    // `name` of a run can be its title, which `run-name` and Dependabot set
    agent: workflowAgent(repository, workflow?.name || workflowRun.name || workflowRun.path),
    run,
    at: time,
  };
  switch (phaseOf(workflowRun.status, workflowRun.conclusion)) {
    case 'queued':
      return { ...delivery, groups: [[started, paused(idFor, startedAt)], link] };
    case 'waits-for-person': {
      const title = `${delivery.agent.profile.name} needs approval`;
      const review = requestReview(question, {
        title,
        url: workflowRun.html_url,
        since: workflowRun.updated_at,
      });
      return { ...delivery, groups: [[started], link, [review]], outdatedBy: [running] };
    }
    case 'running': {
      const phase: DeliveryEvent = {
        type: 'run.phase',
        id: running,
        time,
        data: { name: 'Running' },
      };
      const groups = [[started], link, [resumed(idFor, time)], [phase]];
      return { ...delivery, groups, over: [question] };
    }
    case 'ended': {
      const { event, head_branch: branch, html_url: url } = workflowRun;
      const where = [event, branch].filter(Boolean).join(' on ');
      const end = endOfRun(endingOf(workflowRun.conclusion), [where, url], {
        id: idFor('ended'),
        time,
      });
      return { ...delivery, groups: [[started], link, [end]] };
    }
  }
}

/** A job also starts its run, because its delivery may arrive before that of the run. */
export function translateWorkflowJob(
  { repository, workflow_job: job }: GithubPayload<'workflow_job'>,
  idFor: IdFor,
): WebhookDelivery {
  const run = runOf(repository, 'workflow', job.run_id, job.run_attempt);
  const time = timeOf(job.started_at ?? job.created_at);
  const started = begin(idFor, time, commandOfJob(job));
  const delivery = { agent: workflowAgent(repository, job.workflow_name), run };
  const question = questionId(run, `job ${job.id}`);
  const stepStarted = stepStartOf(run, job);
  const stepEnded = stepEndOf(run, job);
  switch (phaseOf(job.status, job.conclusion)) {
    case 'queued':
      // GitHub sends this after an approval
      return { ...delivery, groups: [[started, paused(idFor, time)]], over: [question] };
    case 'waits-for-person': {
      const title = `The job ${job.name} needs approval`;
      const url = job.html_url ?? repository.html_url;
      const review = requestReview(question, { title, url, since: job.created_at });
      const outdatedBy = [stepStarted.id, stepEnded.id];
      return { ...delivery, groups: [[started], [review]], outdatedBy };
    }
    case 'running': {
      const groups = [[started], [resumed(idFor, time)], [stepStarted]];
      return { ...delivery, groups, over: [question], outdatedBy: [stepEnded.id] };
    }
    case 'ended': {
      const hasRun = stepEnded.type !== 'step.skipped';
      const groups = hasRun
        ? [[started], [resumed(idFor, time)], [stepStarted], [stepEnded]]
        : [[started], [stepEnded]];
      return { ...delivery, groups, over: [question] };
    }
  }
}

function workflowAgent(repository: Repository, name: string | null | undefined) {
  const url = `${repository.html_url}/actions`;
  return agentOf(repository, { kind: 'workflow', name: name || 'Workflow', url });
}

function commandOf(workflowRun: WorkflowRun): string {
  const {
    display_title: title,
    name,
    event,
    head_branch: branch,
    run_number: number,
  } = workflowRun;
  const by = (workflowRun.triggering_actor ?? workflowRun.actor)?.login;
  const about = [
    number === undefined ? '' : `#${number}`,
    workflowRun.run_attempt > 1 ? `attempt ${workflowRun.run_attempt}` : '',
    [event, branch ? `on ${branch}` : '', by ? `by ${by}` : ''].filter(Boolean).join(' '),
  ].filter((part) => part !== '');
  const what = title || name || 'Run';
  return about.length > 0 ? `${what} (${about.join(', ')})` : what;
}

/** For a run whose job is delivered first. */
function commandOfJob({
  workflow_name: name,
  head_branch: branch,
  run_attempt: attempt,
}: WorkflowJob) {
  const words = [name || 'Run', branch ? `on ${branch}` : ''].filter(Boolean).join(' ');
  return attempt > 1 ? `${words} (attempt ${attempt})` : words;
}

function stepStartOf(run: string, job: WorkflowJob) {
  return {
    type: 'step.started',
    id: derivedId('github-job', run, String(job.id), 'started'),
    time: timeOf(job.started_at),
    data: { step: stepOf(job), name: nameOf(job), kind: 'job' },
  } as const;
}

/** The id does not depend on the conclusion, because a job ends once. */
function stepEndOf(run: string, job: WorkflowJob): DeliveryEvent & { readonly id: string } {
  const { type, words: message } = endingOf(job.conclusion);
  const id = derivedId('github-job', run, String(job.id), 'ended');
  const rest = { id, time: timeOf(job.completed_at) };
  const step = stepOf(job);
  switch (type) {
    case 'run.succeeded':
      return { type: 'step.completed', ...rest, data: { step } };
    case 'run.failed':
      return { type: 'step.failed', ...rest, data: { step, message } };
    case 'run.cancelled':
      return { type: 'step.skipped', ...rest, data: { step, name: nameOf(job), message } };
  }
}

function stepOf(job: WorkflowJob): string {
  return `job-${job.id}`;
}

function nameOf(job: WorkflowJob): string {
  return plainName(job.name, LIMITS.nameChars) || 'Job';
}
