/** Glyph and text of each timeline item. Pure. */
import { t } from '../../../i18n/run.ts';
import type { EventData } from '../../../../protocol/events/event.ts';
import type {
  ApprovalItem,
  StateItem,
  StateName,
  StepItem,
  TimelineItem,
} from '../../../run/items.ts';
import type { GlyphName } from '../../parts/glyph.tsx';
import { bytes, dollars } from '../../parts/times.ts';

export interface ItemWords {
  /** Undefined for items without a state, which get a dot. */
  readonly glyph: GlyphName | undefined;
  readonly title: string;
  /** Additional text, often in the agent's own words. */
  readonly note: string;
  readonly isProblem: boolean;
}

export const STEP_GLYPHS: Record<StepItem['state'], GlyphName> = {
  running: 'running',
  completed: 'succeeded',
  failed: 'failed',
  skipped: 'offline',
  stopped: 'cancelled',
};

export function stepWords(state: StepItem['state']): string {
  return t(`step.${state}`);
}

export function itemWords(item: TimelineItem): ItemWords {
  const quiet = { glyph: undefined, note: '', isProblem: false } as const;
  switch (item.kind) {
    case 'step': {
      const { name, state, work, message } = item;
      const isLeft = state === 'skipped' || state === 'stopped';
      const note = [work, isLeft && stepWords(state), message].filter(Boolean).join(' · ');
      return { glyph: STEP_GLYPHS[state], title: name, note, isProblem: state === 'failed' };
    }
    case 'state': {
      const isProblem = item.state === 'failed' || item.state === 'lost';
      const glyph = STATE_GLYPHS[item.state];
      return { glyph, title: stateWords(item), note: item.message ?? '', isProblem };
    }
    case 'approval':
      return { ...quiet, glyph: approvalGlyph(item), ...approvalWords(item) };
    case 'phase':
      return { ...quiet, title: item.name };
    case 'error':
      return {
        ...quiet,
        glyph: 'disconnected',
        title: t('item.error'),
        note: item.message,
        isProblem: true,
      };
    case 'file':
      return { ...quiet, title: item.file.path, note: changeWords(item.file) };
    case 'artifact': {
      const { name, mediaType, sizeBytes } = item.artifact;
      const size = sizeBytes === undefined ? undefined : bytes(sizeBytes);
      const note = [t('item.created'), mediaType, size].filter(Boolean).join(' · ');
      return { ...quiet, title: name, note };
    }
    case 'budget':
      return { ...quiet, glyph: 'disconnected', ...budgetWords(item.exceeded), isProblem: true };
  }
}

const STATE_GLYPHS: Record<StateName, GlyphName | undefined> = {
  queued: 'queued',
  requested: 'requested',
  started: undefined,
  paused: 'paused',
  resumed: undefined,
  lost: 'lost',
  cancel_requested: 'cancelling',
  pause_requested: 'paused',
  resume_requested: undefined,
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** Names the actor of a request only: for any other state, the actor is just who reported it. */
function stateWords({ state, actor }: StateItem): string {
  switch (state) {
    case 'queued':
    case 'requested':
    case 'cancel_requested':
    case 'pause_requested':
    case 'resume_requested':
      return actor === undefined ? t(`state.${state}`) : t(`state.${state}-by`, { user: actor });
    default:
      return t(`state.${state}`);
  }
}

export function approvalGlyph({ asked, outcome }: ApprovalItem): GlyphName {
  if (!outcome) return asked?.kind === 'question' ? 'needs-input' : 'needs-approval';
  return outcome.how === 'resolved' ? 'succeeded' : 'cancelled';
}

/** Title, and who answered what and where. */
export function approvalWords({ asked, outcome }: ApprovalItem): { title: string; note: string } {
  const title = asked?.title ?? t('approval.question');
  if (!outcome) return { title, note: t('approval.open') };
  switch (outcome.how) {
    case 'expired':
      return { title, note: t('approval.expired') };
    case 'withdrawn':
      return { title, note: withdrawnWords(outcome.reason) };
    case 'resolved':
      return { title, note: answerWords(asked, outcome) };
  }
}

type Outcome = NonNullable<ApprovalItem['outcome']>;

function answerWords(asked: ApprovalItem['asked'], outcome: Outcome): string {
  const { choice, text, by: user, via } = outcome;
  const label = asked?.choices.find(({ id }) => id === choice)?.label ?? choice;
  const answer =
    label !== undefined && text !== undefined
      ? t('approval.label-and-text', { label, text })
      : (label ?? text ?? '');
  if (via === undefined) {
    return user === undefined
      ? t('approval.answered', { answer })
      : t('approval.answered-by', { answer, user });
  }
  const place = placeWords(via);
  return user === undefined
    ? t('approval.answered-via', { answer, place })
    : t('approval.answered-by-via', { answer, user, place });
}

function withdrawnWords(reason: string | undefined): string {
  switch (reason) {
    case 'answered-elsewhere':
    case 'no-longer-needed':
    case 'asker-gone':
      return t(`approval.${reason}`);
    default:
      return t('approval.withdrawn');
  }
}

function placeWords(via: string): string {
  switch (via) {
    case 'popup':
    case 'notification':
    case 'terminal':
      return t(`via.${via}`);
    default:
      return t('via.other', { place: via });
  }
}

/** "modified +3 −1" */
function changeWords({
  change,
  addedLines,
  removedLines,
}: Omit<EventData<'file.changed'>, 'path'>): string {
  const added = addedLines === undefined ? undefined : `+${addedLines}`;
  const removed = removedLines === undefined ? undefined : `−${removedLines}`;
  return [t(`item.${change}`), added, removed].filter(Boolean).join(' ');
}

function budgetWords({ limit, allowed, used }: EventData<'budget.exceeded'>) {
  const isMoney = limit.startsWith('cost');
  const amount = (value: number) => (isMoney ? dollars(value) : t('cost.tokens', { count: value }));
  const amounts = { used: amount(used), allowed: amount(allowed) };
  const note = t(limit.endsWith('Day') ? 'item.used-per-day' : 'item.used-per-run', amounts);
  return { title: t('item.over-budget'), note };
}
