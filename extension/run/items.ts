/** The entries of the run page's lists: timeline, conversation and results. */
import type { EventData } from '../../protocol/events/event.ts';

interface Common {
  /** Position of its first event: unique, and the order of the list. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** The user who caused it, or `service`. */
  readonly actor?: string | undefined;
}

export interface StepItem extends Common {
  readonly kind: 'step';
  readonly step: string;
  readonly name: string;
  /** Kind of work, in the reporter's words. */
  readonly work?: string | undefined;
  readonly parent?: string | undefined;
  /** `stopped`: the run ended before the step's end was reported. */
  readonly state: 'running' | 'completed' | 'failed' | 'skipped' | 'stopped';
  /** 0 to 1. */
  readonly progress?: number | undefined;
  readonly message?: string | undefined;
  /** Missing when only its end was reported. */
  readonly startedAt?: string | undefined;
  readonly endedAt?: string;
}

export interface ApprovalItem extends Common {
  readonly kind: 'approval';
  readonly asked: EventData<'approval.requested'> | undefined;
  readonly outcome?: {
    readonly how: 'resolved' | 'expired' | 'withdrawn';
    readonly choice?: string | undefined;
    readonly text?: string | undefined;
    readonly reason?: string | undefined;
    readonly by?: string | undefined;
    readonly via?: string | undefined;
    readonly at: string;
  };
}

export interface ToolUse extends Common {
  readonly kind: 'tool';
  readonly name: string;
  readonly input?: string | undefined;
  readonly state: 'running' | 'completed' | 'failed' | 'stopped';
  readonly result?: string | undefined;
  readonly endedAt?: string;
}

/** A state change of the run itself. */
export interface StateItem extends Common {
  readonly kind: 'state';
  readonly state: StateName;
  readonly message?: string | undefined;
}
export type StateName =
  | 'queued'
  | 'requested'
  | 'started'
  | 'paused'
  | 'resumed'
  | 'lost'
  | 'cancel_requested'
  | 'pause_requested'
  | 'resume_requested'
  | 'succeeded'
  | 'failed'
  | 'cancelled';

export type TimelineItem =
  | StepItem
  | ApprovalItem
  | StateItem
  | (Common & { readonly kind: 'phase'; readonly name: string })
  | (Common & { readonly kind: 'error'; readonly message: string })
  | (Common & { readonly kind: 'file'; readonly file: EventData<'file.changed'> })
  | (Common & { readonly kind: 'artifact'; readonly artifact: EventData<'artifact.created'> })
  | (Common & { readonly kind: 'budget'; readonly exceeded: EventData<'budget.exceeded'> });

export type ConversationItem =
  | ToolUse
  | (Common & { readonly kind: 'message'; readonly message: EventData<'message.added'> })
  | (Common & { readonly kind: 'thinking'; readonly text: string });

export type Item = TimelineItem | ConversationItem;

export function isConversationItem(item: Item): item is ConversationItem {
  return item.kind === 'tool' || item.kind === 'message' || item.kind === 'thinking';
}
