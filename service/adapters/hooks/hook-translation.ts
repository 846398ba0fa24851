/** The result of translating a hook. Claude Code and Codex have the same hook format. */
import type { EventData } from '../../../protocol/events/event.ts';
import type { AgentProfile } from '../../../protocol/events/agent.ts';
import type { ParsedEvent } from '../output/output-parser.ts';

/** An event of the session's current run, or of the session itself if there is no run. */
export type HookReport = (
  | ParsedEvent
  | { readonly type: 'run.started'; readonly data: EventData<'run.started'> }
  | { readonly type: 'run.succeeded'; readonly data: EventData<'run.succeeded'> }
  | { readonly type: 'run.failed'; readonly data: EventData<'run.failed'> }
  | { readonly type: 'run.cancelled'; readonly data: EventData<'run.cancelled'> }
) & {
  /** Derived from the input, so that a hook that is called twice adds nothing. */
  readonly id: string;
};

export interface HookTranslation {
  /** The session, as an agent. `id` is easy to read; `otherId` is for the session alone, if another one has `id`. */
  readonly agent: {
    readonly id: string;
    readonly otherId: string;
    readonly profile: AgentProfile & { readonly session: string };
  };
  /** The run of the current prompt; undefined between prompts. */
  readonly run: string | undefined;
  readonly reports: readonly HookReport[];
  /**
   * Set if the hook shows that the prompt goes on, though its run has succeeded: another hook has blocked the stop.
   * Unless one of these events is in the log, as then the hook is a late one.
   */
  readonly goesOnUnless?: readonly string[];
  /** Which open questions of the session this closes: those with this hash, or all. */
  readonly over: 'none' | 'all' | { readonly hash: string };
  /** The question for a person; the hook waits for the answer. */
  readonly ask?: EventData<'approval.requested'>;
  /** A new prompt: the previous run of the session has ended. */
  readonly startsAnew: boolean;
  /** The session has ended, and its run with it. */
  readonly hasEnded: boolean;
}
