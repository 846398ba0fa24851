/** Sizes that both sides of the wire obey. Characters are UTF-16 code units, as JavaScript counts. */
export const LIMITS = {
  nameChars: 120,
  descriptionChars: 500,
  hostChars: 100,
  messageChars: 2_000,
  phaseChars: 120,
  commandChars: 2_000,
  promptChars: 20_000,
  /** One `run.output` event; a runner splits longer output. */
  outputChars: 16_384,
  /** `params` of a run, as JSON text. */
  paramsChars: 16_384,
  /** Agents that one runner hosts. */
  agentsPerRunner: 200,
  /** Events in one `POST /v1/events`. */
  eventsPerRequest: 1_000,
} as const;

/** How many finished runs an agent remembers in the fleet (the small outcome bars of the popup). */
export const RECENT_OUTCOMES = 10;
