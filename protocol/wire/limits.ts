/** Limits of the protocol. Characters are UTF-16 code units, as in JavaScript. */
export const LIMITS = {
  nameChars: 120,
  descriptionChars: 500,
  hostChars: 100,
  messageChars: 2_000,
  phaseChars: 120,
  commandChars: 2_000,
  promptChars: 20_000,
  titleChars: 200,
  /** Details of an approval. Longer ones are refused, because a person must see all of them. */
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
  /** The longest delay that timers accept: about 24 days. */
  timeoutMs: 2_147_483_647,
  /** `params` of a run, as JSON text. */
  paramsChars: 16_384,
  /** Agents that one runner hosts. */
  agentsPerRunner: 200,
  /** Events in one `POST /v1/events`. */
  eventsPerRequest: 1_000,
} as const;

/** Outcomes of finished runs that the fleet keeps per agent (the outcome bars of the popup). */
export const RECENT_OUTCOMES = 10;

/** Metrics with different names that the fleet keeps per run. */
export const METRIC_NAMES = 20;

/** Connections lost within this time of each other are one incident. */
export const FLAPPING_MS = 600_000;

/** Maximum number of queued runs per agent. */
export const QUEUED_RUNS = 50;

/** Maximum number of open questions per agent, and of closed ones that the fleet keeps. */
export const OPEN_APPROVALS = 20;
export const CLOSED_APPROVALS = 10;
