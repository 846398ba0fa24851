/**
 * Which desktop notifications are owed: from the difference between what was known and what is known now.
 *
 * Pure. An incident is an agent's attention with its position in the log; it is the same after any number of
 * reconnects, snapshots and lives of the worker, and so is the id of its notification.
 */
import type { Agent, Fleet } from '../../protocol/fleet.ts';
import { currentRun } from '../../protocol/fleet.ts';
import type { Attention } from '../../protocol/status.ts';
import { attentionOf } from '../../protocol/status.ts';
import { lastLine, plainText } from '../shared/plain-text.ts';
import type { Notice } from '../shared/view.ts';

/** More at once become one notification that lists them. */
const MOST_AT_ONCE = 3;
const NAME_CHARS = 60;
const MESSAGE_CHARS = 160;

/** Ids of the notifications that are true now and that the person has not seen in the popup. */
export function dueIds(service: string, fleet: Fleet, seenSeq: number): Set<string> {
  return new Set(incidents(service, fleet, seenSeq).map(({ id }) => id));
}

/** Whether a notification still says something true; one that lists several does while one of them is. */
export function isDue(id: string, due: ReadonlySet<string>): boolean {
  return id.includes(':digest:') ? due.size > 0 : due.has(id);
}

/** What is true now and was not before. */
export function newNotices(
  service: string,
  before: Fleet,
  after: Fleet,
  seenSeq: number,
): readonly Notice[] {
  const known = dueIds(service, before, seenSeq);
  const fresh = incidents(service, after, seenSeq).filter(({ id }) => !known.has(id));
  if (fresh.length <= MOST_AT_ONCE) return fresh.map((incident) => toNotice(after, incident));
  const id = `${service}:digest:${after.seq}`;
  const names = fresh.map(({ agent }) => plainText(agent.name, NAME_CHARS)).join(', ');
  return [
    {
      id,
      title: `${fresh.length} agents need a look`,
      message: plainText(names, MESSAGE_CHARS),
    },
  ];
}

interface Incident {
  readonly id: string;
  readonly agent: Agent;
  readonly attention: Attention;
}

function incidents(service: string, fleet: Fleet, seenSeq: number): Incident[] {
  return Object.values(fleet.agents).flatMap((agent) => {
    const attention = attentionOf(fleet, agent);
    if (!attention || attention.seq <= seenSeq) return [];
    return [{ id: `${service}:${attention.kind}:${agent.id}:${attention.seq}`, agent, attention }];
  });
}

/** Our own words and the registered name first, the agent's words second. */
function toNotice(fleet: Fleet, { id, agent, attention }: Incident): Notice {
  const name = plainText(agent.name, NAME_CHARS);
  const run = currentRun(fleet, agent);
  if (attention.kind === 'failed') {
    const said = plainText(lastLine(run?.message ?? ''), MESSAGE_CHARS);
    return { id, title: `${name} failed`, message: said === '' ? 'It gave no reason.' : said };
  }
  const place = agent.host === undefined ? '' : ` on ${plainText(agent.host, NAME_CHARS)}`;
  const message =
    run && run.endedAt === undefined
      ? `Its runner${place} is out of contact in the middle of a run.`
      : `Its runner${place} is out of contact.`;
  return { id, title: `${name} is offline`, message };
}
