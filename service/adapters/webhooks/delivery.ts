/** What a webhook's call means to us: something has happened to one run of one agent. */
import type { EventData, ReportedType } from '../../../protocol/events/event.ts';
import type { AgentProfile } from '../../../protocol/events/agent.ts';

/** An event of the delivery's run. */
export type DeliveryEvent = {
  [T in ReportedType]: {
    readonly type: T;
    /** Derived from what happened or from its delivery, so that the same again adds nothing. */
    readonly id?: string;
    /** ISO 8601, UTC. Default: when it arrives. */
    readonly time?: string | undefined;
    readonly data: EventData<T>;
  };
}[ReportedType];

export interface WebhookDelivery {
  readonly agent: { readonly id: string; readonly profile: AgentProfile };
  readonly run: string;
  /**
   * In order. The events of a group are stored together or not at all: deliveries overtake each other, so each says
   * all that must have happened before, and a group that does not fit any more is left out.
   */
  readonly groups: readonly (readonly DeliveryEvent[])[];
  /** Ids of events that came later: if one of them is in the log, this delivery is out of date. */
  readonly outdatedBy?: readonly string[];
  /** Open questions that this shows to be over. */
  readonly over?: readonly string[];
}

/** A delivery, or why there is nothing in it for us, for whoever looks at the answers in the sender's settings. */
export type WebhookTranslation = WebhookDelivery | { readonly ignored: string };
