/** Decisions about questions to a person. */
import type { Actor, CommandOf, Decision } from './command.ts';
import type { Agent, Approval, ClosedApproval, Fleet } from '../fleet/fleet.ts';
import type { Problem } from '../wire/problem.ts';
import { rejectCommand, refuseNonOwner } from './refusal.ts';

/** Records a person's answer to an open question. */
export function decideApproval(
  fleet: Fleet,
  { approval: id, choice, text, hash, via }: CommandOf<'decide-approval'>,
  actor: Actor,
): Decision {
  const found = findApproval(fleet, id);
  if (!found) return rejectCommand('unknown-approval', `There is no open approval ${id}.`);
  const { agent, open, closed } = found;
  const refusal = refuseNonOwner(agent, actor);
  if (refusal) return refusal;
  if (!open) return { problem: alreadyClosed(closed) };
  if (open.hash !== hash) {
    return rejectCommand(
      'approval-changed',
      'The request is not the one that this answer is for. Review it again.',
      { approval: id },
    );
  }
  const problem = checkAnswer(open, choice, text);
  if (problem) return { problem };
  const data = {
    approval: id,
    ...(choice !== undefined && { choice }),
    ...(text !== undefined && { text }),
    ...(via !== undefined && { via }),
  };
  const { run } = open;
  return {
    events: [{ type: 'approval.resolved', agent: agent.id, run, actor: actor.user, data }],
  };
}

/** Closes a question that nobody answered in time; a closed one is not changed. */
export function expireApproval(
  fleet: Fleet,
  { approval: id }: CommandOf<'expire-approval'>,
): Decision {
  const found = findApproval(fleet, id);
  if (!found?.open) return { events: [] };
  const { agent, open } = found;
  const data = { approval: id };
  return {
    events: [{ type: 'approval.expired', agent: agent.id, run: open.run, actor: 'service', data }],
  };
}

/** Withdraws a question whose answer is no longer needed; a closed one is not changed. */
export function withdrawApproval(
  fleet: Fleet,
  { approval: id, reason }: CommandOf<'withdraw-approval'>,
): Decision {
  const found = findApproval(fleet, id);
  if (!found?.open) return { events: [] };
  const { agent, open } = found;
  const data = { approval: id, reason };
  return {
    events: [
      { type: 'approval.withdrawn', agent: agent.id, run: open.run, actor: 'service', data },
    ],
  };
}

function checkAnswer(
  { choices, freeText }: Approval,
  choice: string | undefined,
  text: string | undefined,
): Problem | undefined {
  const invalid = (detail: string): Problem => ({ type: 'invalid-request', detail });
  if (choice === undefined && text === undefined) return invalid('Send a "choice" or a "text".');
  if (text !== undefined && freeText !== true)
    return invalid('This question does not accept free text.');
  if (choice === undefined || choices.some(({ id }) => id === choice)) return undefined;
  const known = choices.map(({ id }) => id).join(', ');
  return invalid(`There is no choice "${choice}". Send one of: ${known}.`);
}

function alreadyClosed({ id, outcome, by }: ClosedApproval): Problem {
  const what = {
    resolved: `It was already answered by ${by ?? 'another user'}.`,
    expired: 'It expired because nobody answered in time.',
    withdrawn: 'The agent no longer waits for an answer.',
  };
  const extra = { approval: id, outcome, ...(by !== undefined && { by }) };
  return { type: 'approval-closed', detail: what[outcome], extra };
}

export type FoundApproval =
  | { readonly agent: Agent; readonly open: Approval; readonly closed?: never }
  | { readonly agent: Agent; readonly closed: ClosedApproval; readonly open?: never };

/** Finds an open or recently closed question by its id. */
export function findApproval(fleet: Fleet, id: string): FoundApproval | undefined {
  for (const agent of Object.values(fleet.agents)) {
    const open = agent.approvals?.find((approval) => approval.id === id);
    if (open) return { agent, open };
    const closed = agent.closedApprovals?.find((approval) => approval.id === id);
    if (closed) return { agent, closed };
  }
  return undefined;
}
