/** Sizes that both sides of the wire obey. Characters are UTF-16 code units, as JavaScript counts. */
export const LIMITS = {
  nameChars: 120,
  descriptionChars: 500,
  hostChars: 100,
  messageChars: 2_000,
  phaseChars: 120,
  commandChars: 2_000,
  promptChars: 20_000,
  titleChars: 200,
  /** What an approval is about, whole: longer ones can't be asked for, as nothing may be cut off. */
  detailsChars: 32_768,
  choiceChars: 80,
  choices: 10,
  /** A JSON Schema of parameters, as JSON text. */
  parametersChars: 16_384,
  tags: 20,
  tagChars: 40,
  pathChars: 1_000,
  graphNodes: 500,
  graphEdges: 2_000,
  /** One `run.output` event; a runner splits longer output. */
  outputChars: 16_384,
  /** The longest that timers take: about 24 days. */
  timeoutMs: 2_147_483_647,
  /** `params` of a run, as JSON text. */
  paramsChars: 16_384,
  /** Agents that one runner hosts. */
  agentsPerRunner: 200,
  /** Events in one `POST /v1/events`. */
  eventsPerRequest: 1_000,
} as const;

/** How many finished runs an agent remembers in the fleet (the small outcome bars of the popup). */
export const RECENT_OUTCOMES = 10;

/** Different metrics that a run remembers in the fleet. */
export const METRIC_NAMES = 20;

/** Connections lost within this time of each other are one incident. */
export const FLAPPING_MS = 600_000;

/** Runs of one agent that may wait for their turn. */
export const QUEUED_RUNS = 50;

/** Questions of one agent that may wait at a time, and ended ones that it remembers. */
export const OPEN_APPROVALS = 20;
export const CLOSED_APPROVALS = 10;
