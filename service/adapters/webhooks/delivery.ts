/** The result of translating a webhook delivery: events of one run of one agent. */
import type { EventData, ReportedType } from '../../../protocol/events/event.ts';
import type { AgentProfile } from '../../../protocol/events/agent.ts';

/** An event of the delivery's run. */
export type DeliveryEvent = {
  [T in ReportedType]: {
    readonly type: T;
    /** Derived from the content or the delivery, so that a repeated delivery adds nothing. */
    readonly id?: string;
    /** ISO 8601, UTC. Defaults to the time of arrival. */
    readonly time?: string | undefined;
    readonly data: EventData<T>;
  };
}[ReportedType];

export interface WebhookDelivery {
  readonly agent: { readonly id: string; readonly profile: AgentProfile };
  readonly run: string;
  /**
   * In order. The events of a group are stored together or not at all. Because deliveries arrive out of order, each
   * contains everything that must have happened before; a group that is not possible any more is left out.
   */
  readonly groups: readonly (readonly DeliveryEvent[])[];
  /** Ids of later events: if one of them is in the log, this delivery is outdated. */
  readonly outdatedBy?: readonly string[];
  /**
   * When it happened, as ISO 8601 in UTC. If the run is unknown and a later one of the agent has ended since, the
   * delivery is ignored: it would show old news as the newest.
   */
  readonly at?: string | undefined;
  /** Ids of the questions that this closes. */
  readonly over?: readonly string[];
}

/** A delivery, or why it is ignored. The sender shows the reason with its list of deliveries. */
export type WebhookTranslation = WebhookDelivery | { readonly ignored: string };
