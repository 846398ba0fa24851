/** What a call of a coding agent's hook means to us. Claude Code and Codex call theirs in the same way. */
import type { EventData } from '../../../protocol/events/event.ts';
import type { AgentProfile } from '../../../protocol/events/agent.ts';
import type { ParsedEvent } from '../output/listener.ts';

/** An event of the session's current run, or of the session itself where there is no run. */
export type HookReport = (
  | ParsedEvent
  | { readonly type: 'run.started'; readonly data: EventData<'run.started'> }
  | { readonly type: 'run.succeeded'; readonly data: EventData<'run.succeeded'> }
  | { readonly type: 'run.failed'; readonly data: EventData<'run.failed'> }
  | { readonly type: 'run.cancelled'; readonly data: EventData<'run.cancelled'> }
) & {
  /** Derived from what happened, so that a hook that is called twice adds nothing. */
  readonly id: string;
};

export interface HookTranslation {
  /** The session, as an agent. */
  readonly agent: { readonly id: string; readonly profile: AgentProfile };
  /** The prompt that it is working on, as a run; undefined between prompts. */
  readonly run: string | undefined;
  readonly reports: readonly HookReport[];
  /** Open questions of the session that this shows to be over: those with this hash, or all. */
  readonly over: 'none' | 'all' | { readonly hash: string };
  /** What to ask a person; the hook waits for the answer. */
  readonly ask?: EventData<'approval.requested'>;
  /** A new prompt: whatever the session was working on before is over. */
  readonly startsAnew: boolean;
  /** The session has ended, and with it whatever it was working on. */
  readonly hasEnded: boolean;
}
