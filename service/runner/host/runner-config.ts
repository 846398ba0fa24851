/** Reads `agentlight.config.json`: the agents that `agentlight up` hosts on this machine. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as z from 'zod/mini';
import type { AgentProfile } from '../../../protocol/events/agent.ts';
import { agentProfileSchema } from '../../../protocol/events/agent.ts';
import { nameSchema } from '../../../protocol/events/kind.ts';
import { agentIdSchema } from '../../../protocol/wire/ids.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';

/** The maximum of `setTimeout`: about 24 days. */
const MAX_TIMER_MS = 2_147_483_647;
const KEYS =
  'name, description, kind, tags, parameters, maxConcurrentRuns, budget, prompt, command, format, plainOutput, cwd, env, timeoutMs, cancelGraceMs';
const { kind, tags, parameters, maxConcurrentRuns, budget } = agentProfileSchema.shape;

const text = (maxChars: number) =>
  z.string('must be text').check(z.maxLength(maxChars, `must have at most ${maxChars} characters`));
const durationMs = (min: number) =>
  z
    .int('must be a whole number of milliseconds')
    .check(z.minimum(min, `must be at least ${min}`), z.maximum(MAX_TIMER_MS, 'is too long'));

const isName = (name: string) => nameSchema.safeParse(name).success;

const agentSchema = z.strictObject(
  {
    /** Display name. */
    name: z
      .string('must be text: the display name of the agent')
      .check(
        z.minLength(1, 'must not be empty'),
        z.maxLength(LIMITS.nameChars, `must have at most ${LIMITS.nameChars} characters`),
        z.refine(isName, 'must have no control or invisible characters'),
      ),
    description: z.optional(text(LIMITS.descriptionChars)),
    kind,
    tags,
    parameters,
    maxConcurrentRuns,
    budget,
    /** Whether runs take a prompt. Defaults to `false`. */
    prompt: z.optional(z.boolean('must be true or false')),
    /**
     * Program and arguments; no shell is involved. `{{params.NAME}}` and `{{prompt}}` are replaced by the values of the
     * run; an argument that is only a placeholder is left out if its value is missing.
     */
    command: z
      .array(
        z.string('must be text'),
        'must be a list such as ["npm", "test"]; it is not run by a shell',
      )
      .check(z.minLength(1, 'must name a program')),
    /**
     * Format of its output: `auto` detects coding agents, test runners and terminal progress; `ndjson` is our own
     * events as lines of JSON. Defaults to `auto`.
     */
    format: z.optional(z.enum(['auto', 'ndjson'], 'must be "auto" or "ndjson"')),
    /** Reports the output without control sequences. Defaults to `false`: pages show the colours. */
    plainOutput: z.optional(z.boolean('must be true or false')),
    /** Relative to the folder of the configuration file, which is the default. */
    cwd: z.optional(z.string('must be a path')),
    /** In addition to the runner's own environment. */
    env: z.optional(z.record(z.string(), z.string('must be text'), 'must be an object of texts')),
    /** Longer runs are stopped and fail. Defaults to no limit. */
    timeoutMs: z.optional(durationMs(1)),
    /** Between SIGTERM and SIGKILL when a run is cancelled. Defaults to `5000`. */
    cancelGraceMs: z.optional(durationMs(0)),
  },
  { error: (issue) => unknownKeys(issue, KEYS) ?? 'must be an object' },
);

const configSchema = z.strictObject(
  {
    /** For editors, which validate and complete the file with it. */
    $schema: z.optional(z.string()),
    agents: z
      .record(agentIdSchema, agentSchema, {
        error: (issue) =>
          issue.code === 'invalid_key'
            ? (issue.issues[0]?.message ?? 'is not a valid id')
            : 'must be an object of agents by their id',
      })
      .check(
        z.refine((agents) => Object.keys(agents).length > 0, 'must have at least one agent'),
        z.refine(
          (agents) => Object.keys(agents).length <= LIMITS.agentsPerRunner,
          `must have at most ${LIMITS.agentsPerRunner} agents`,
        ),
      ),
  },
  { error: (issue) => unknownKeys(issue, 'agents') ?? 'must be an object with "agents"' },
);

export interface AgentConfig {
  readonly id: string;
  readonly profile: Omit<AgentProfile, 'host' | 'capabilities'>;
  readonly takesPrompt: boolean;
  readonly command: readonly string[];
  readonly format: 'auto' | 'ndjson';
  readonly plainOutput: boolean;
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number | undefined;
  readonly cancelGraceMs: number | undefined;
}

export interface RunnerConfig {
  /** Absolute path. */
  readonly file: string;
  readonly agents: readonly AgentConfig[];
}

export class RunnerConfigError extends Error {
  override readonly name = 'RunnerConfigError';
}

/** @throws RunnerConfigError that names the file, the place in it, and the valid values. */
export async function readRunnerConfig(path: string): Promise<RunnerConfig> {
  const file = resolve(path);
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT')
      throw new RunnerConfigError(`Can't read ${file}: ${error.message}.`);
    throw new RunnerConfigError(
      `There is no ${file}. Create one such as {"agents": {"tests": {"name": "Tests", "command": ["npm", "test"]}}}, or use --config.`,
    );
  });
  return parseRunnerConfig(content, file);
}

/** @param file absolute path, for messages and for resolving relative folders. */
export function parseRunnerConfig(content: string, file: string): RunnerConfig {
  const checked = configSchema.safeParse(parseJson(content, file));
  if (!checked.success) {
    const problems = checked.error.issues.map(
      ({ path, message }) => `${showPath(path)} ${message}`,
    );
    throw new RunnerConfigError(`${file}: ${problems.slice(0, 5).join('; ')}.`);
  }
  const agents = Object.entries(checked.data.agents).map(
    ([
      id,
      { command, format, plainOutput, cwd, env, timeoutMs, cancelGraceMs, prompt, ...profile },
    ]): AgentConfig => ({
      id,
      profile,
      takesPrompt: prompt ?? false,
      command,
      format: format ?? 'auto',
      plainOutput: plainOutput ?? false,
      cwd: resolve(dirname(file), cwd ?? '.'),
      env: env ?? {},
      timeoutMs,
      cancelGraceMs,
    }),
  );
  return { file, agents };
}

function parseJson(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new RunnerConfigError(`${file} is not valid JSON: ${(error as SyntaxError).message}.`);
  }
}

function unknownKeys(issue: z.core.$ZodRawIssue, known: string): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const names = issue.keys.map((key) => `"${key}"`).join(', ');
  return `must not have ${names}; valid keys are ${known}`;
}

function showPath(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the whole file' : path.map(String).join('.');
}
