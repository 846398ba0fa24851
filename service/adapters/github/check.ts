/** Translates checks of other apps. The checks of GitHub Actions repeat its jobs. */
import type { WebhookTranslation } from '../webhooks/delivery.ts';
import { derivedId } from '../webhooks/derived-id.ts';
import type { GithubPayload } from './payload.ts';
import { begin, linkTo, paused, resumed, type IdFor } from './run.ts';
import { endingOf, endOfRun, phaseOf, timeOf } from './status.ts';
import { agentOf, runOf } from './subject.ts';
import { requestReview, questionId } from './review-request.ts';

export function translateCheckRun(
  { repository, check_run: check }: GithubPayload<'check_run'>,
  idFor: IdFor,
): WebhookTranslation {
  if (check.app?.slug === 'github-actions') {
    return { ignored: 'GitHub Actions reports its checks as workflow_job.' };
  }
  const url = check.html_url ?? repository.html_url;
  const run = runOf(repository, 'check', check.id);
  const time = timeOf(check.started_at);
  const branch = check.check_suite?.head_branch;
  const started = begin(idFor, time, branch ? `${check.name} on ${branch}` : check.name);
  const link = linkTo('Check on GitHub', url, derivedId('github-link', run));
  const running = derivedId('github-running', run);
  const question = questionId(run, 'check');
  const about = { kind: 'check', name: check.name, url: repository.html_url } as const;
  const delivery = { agent: agentOf(repository, about), run };
  switch (phaseOf(check.status, check.conclusion)) {
    case 'queued':
      return { ...delivery, groups: [[started, paused(idFor, time)], link] };
    case 'waits-for-person': {
      const title = check.output?.title || `${check.name} needs attention`;
      const review = requestReview(question, {
        title,
        url,
        since: check.completed_at ?? check.started_at,
      });
      return { ...delivery, groups: [[started], link, [review]], outdatedBy: [running] };
    }
    case 'running': {
      const groups = [
        [started],
        link,
        [resumed(idFor, time)],
        [{ type: 'run.phase', id: running, time, data: { name: 'Running' } } as const],
      ];
      return { ...delivery, groups, over: [question] };
    }
    case 'ended': {
      const ended = { id: idFor('ended'), time: timeOf(check.completed_at) };
      const end = endOfRun(endingOf(check.conclusion), [check.output?.title ?? '', url], ended);
      return { ...delivery, groups: [[started], link, [end]] };
    }
  }
}
