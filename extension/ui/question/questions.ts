/** The open questions of a fleet, prepared for display. Pure. */
import type { Agent, Approval, Fleet } from '../../../protocol/fleet/fleet.ts';
import { acknowledgedBy, openQuestions } from '../../../protocol/fleet/status.ts';
import { plainText, visibleText } from '../../shared/plain-text.ts';

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly tone: 'allow' | 'deny' | 'neutral';
  /** Shortcut while the question has the focus. */
  readonly key: string | undefined;
}

export interface Question {
  readonly id: string;
  readonly agent: string;
  readonly name: string;
  readonly host: string | undefined;
  readonly kind: Approval['kind'];
  readonly title: string;
  /** Complete, with invisible characters made visible: people decide on what they read here. */
  readonly details: string;
  readonly lines: number;
  readonly choices: readonly Choice[];
  readonly takesText: boolean;
  /** Hash of the question as shown; sent back with the answer. */
  readonly hash: string;
  readonly seq: number;
  /** Epoch milliseconds by the service's clock. */
  readonly askedMs: number;
  /** The user who is on it. */
  readonly acknowledgedBy: string | undefined;
}

const TITLE_CHARS = 200;
const LABEL_CHARS = 80;

/** Open questions, oldest first. */
export function questionsOf(fleet: Fleet): readonly Question[] {
  const agents = Object.values(fleet.agents);
  const severalHosts = new Set(agents.map(({ host }) => host)).size > 1;
  return agents
    .flatMap((agent) =>
      openQuestions(fleet, agent).map((approval) => toQuestion(agent, approval, severalHosts)),
    )
    .toSorted((a, b) => a.seq - b.seq);
}

function toQuestion(agent: Agent, approval: Approval, severalHosts: boolean): Question {
  const { id, kind, title, details = '', choices, freeText, hash, seq, requestedAt } = approval;
  const shown = visibleText(details);
  return {
    id,
    agent: agent.id,
    name: agent.name,
    host: severalHosts ? agent.host : undefined,
    kind,
    title: plainText(title, TITLE_CHARS),
    details: shown,
    lines: shown === '' ? 0 : shown.split('\n').length,
    choices: withKeys(choices),
    takesText: freeText === true,
    hash,
    seq,
    askedMs: Date.parse(requestedAt),
    acknowledgedBy: acknowledgedBy(agent, seq),
  };
}

/** A is the first choice that allows, D the first that denies; the others get their number. */
function withKeys(choices: Approval['choices']): Choice[] {
  return choices.map(({ id, label, tone = 'neutral' }, index) => {
    const first = choices.findIndex((choice) => choice.tone === tone) === index;
    const letter = first ? { allow: 'a', deny: 'd', neutral: undefined }[tone] : undefined;
    const key = letter ?? (index < 9 ? String(index + 1) : undefined);
    return { id, label: plainText(label, LABEL_CHARS), tone, key };
  });
}
