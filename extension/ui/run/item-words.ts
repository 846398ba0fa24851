/** What happened in a run, each thing as a glyph and words. Pure. */
import type { EventData } from '../../../protocol/event.ts';
import type { ApprovalItem, StateName, StepItem, TimelineItem } from '../../run/items.ts';
import type { GlyphName } from '../glyph.tsx';
import { bytes, dollars } from '../times.ts';

export interface ItemWords {
  /** Undefined for what has no state: a dot. */
  readonly glyph: GlyphName | undefined;
  readonly title: string;
  /** What is added to it, often in the agent's own words. */
  readonly note: string;
  readonly isTrouble: boolean;
}

export const STEP_GLYPHS: Record<StepItem['state'], GlyphName> = {
  running: 'running',
  completed: 'succeeded',
  failed: 'failed',
  skipped: 'offline',
  stopped: 'cancelled',
};

export const STEP_WORDS: Record<StepItem['state'], string> = {
  running: 'running',
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
  stopped: 'not finished',
};

export function itemWords(item: TimelineItem): ItemWords {
  const quiet = { glyph: undefined, note: '', isTrouble: false } as const;
  switch (item.kind) {
    case 'step': {
      const { name, state, work, message } = item;
      const isLeft = state === 'skipped' || state === 'stopped';
      const note = [work, isLeft && STEP_WORDS[state], message].filter(Boolean).join(' · ');
      return { glyph: STEP_GLYPHS[state], title: name, note, isTrouble: state === 'failed' };
    }
    case 'state': {
      const { glyph, words, asked = false } = STATES[item.state];
      const title = asked && item.actor !== undefined ? `${words} by ${item.actor}` : words;
      const isTrouble = item.state === 'failed' || item.state === 'lost';
      return { glyph, title, note: item.message ?? '', isTrouble };
    }
    case 'approval':
      return { ...quiet, glyph: approvalGlyph(item), ...approvalWords(item) };
    case 'phase':
      return { ...quiet, title: item.name };
    case 'error':
      return { ...quiet, glyph: 'cut-off', title: 'Error', note: item.message, isTrouble: true };
    case 'file':
      return { ...quiet, title: item.file.path, note: changeWords(item.file) };
    case 'artifact': {
      const { name, mediaType, sizeBytes } = item.artifact;
      const size = sizeBytes === undefined ? undefined : bytes(sizeBytes);
      const note = ['made', mediaType, size].filter(Boolean).join(' · ');
      return { ...quiet, title: name, note };
    }
    case 'budget':
      return { ...quiet, glyph: 'cut-off', ...budgetWords(item.exceeded), isTrouble: true };
  }
}

interface StateWords {
  readonly glyph: GlyphName | undefined;
  readonly words: string;
  /** Somebody wanted it; of anything else the actor only is who told of it. */
  readonly asked?: true;
}

const STATES: Record<StateName, StateWords> = {
  queued: { glyph: 'queued', words: 'Put in line', asked: true },
  requested: { glyph: 'requested', words: 'Asked for', asked: true },
  started: { glyph: undefined, words: 'Started' },
  paused: { glyph: 'paused', words: 'Paused' },
  resumed: { glyph: undefined, words: 'Went on' },
  lost: { glyph: 'lost', words: 'Its runner went out of contact' },
  cancel_requested: { glyph: 'cancelling', words: 'To be cancelled, asked', asked: true },
  pause_requested: { glyph: 'paused', words: 'To be paused, asked', asked: true },
  resume_requested: { glyph: undefined, words: 'To go on, asked', asked: true },
  succeeded: { glyph: 'succeeded', words: 'Succeeded' },
  failed: { glyph: 'failed', words: 'Failed' },
  cancelled: { glyph: 'cancelled', words: 'Cancelled' },
};

export function approvalGlyph({ asked, outcome }: ApprovalItem): GlyphName {
  if (!outcome) return asked?.kind === 'question' ? 'needs-input' : 'needs-approval';
  return outcome.how === 'resolved' ? 'succeeded' : 'cancelled';
}

/** Who decided what, and where. */
export function approvalWords({ asked, outcome }: ApprovalItem): { title: string; note: string } {
  const title = asked?.title ?? 'A question';
  if (!outcome) return { title, note: 'waits for an answer' };
  const { how, choice, text, by, via, reason } = outcome;
  if (how === 'expired') return { title, note: 'nobody answered in time' };
  if (how === 'withdrawn') {
    return { title, note: WITHDRAWN[reason ?? ''] ?? 'not waited for any more' };
  }
  const label = asked?.choices.find(({ id }) => id === choice)?.label ?? choice;
  const said = [label, text === undefined ? undefined : `“${text}”`].filter(Boolean).join(', ');
  const who = by === undefined ? '' : ` by ${by}`;
  const where = via === undefined ? '' : ` ${VIA[via] ?? `(${via})`}`;
  return { title, note: `answered “${said.replaceAll(/^“|”$/g, '')}”${who}${where}` };
}

const WITHDRAWN: Record<string, string> = {
  'answered-elsewhere': 'answered elsewhere',
  'no-longer-needed': 'no longer needed',
  'asker-gone': 'whoever asked went away',
};

const VIA: Record<string, string> = {
  popup: 'in the browser',
  notification: 'in the notification',
  terminal: 'in the terminal',
};

/** "changed, 3 lines added, 1 removed" */
function changeWords({
  change,
  addedLines,
  removedLines,
}: Omit<EventData<'file.changed'>, 'path'>): string {
  const added = addedLines === undefined ? undefined : `+${addedLines}`;
  const removed = removedLines === undefined ? undefined : `−${removedLines}`;
  return [change, added, removed].filter(Boolean).join(' ');
}

function budgetWords({ limit, allowed, used }: EventData<'budget.exceeded'>) {
  const isMoney = limit.startsWith('cost');
  const amount = (value: number) => (isMoney ? dollars(value) : `${value} tokens`);
  const span = limit.endsWith('Day') ? 'a day' : 'a run';
  return { title: 'Over budget', note: `${amount(used)} of ${amount(allowed)} ${span}` };
}
