/** Parameters of runs, against the JSON Schema that the agent gave. */
import { Validator } from '@cfworker/json-schema';
import type { AgentProfile } from '../../protocol/events/agent.ts';
import type { RunRequest } from '../../protocol/events/run.ts';
import { refuse } from './problem-error.ts';

/** Anybody who may register an agent could keep the service busy with one of these. */
const REGULAR_EXPRESSIONS = ['pattern', 'patternProperties'];

/** @throws ProblemError for a schema that can't be used. */
export function checkParametersSchema({ parameters }: AgentProfile): void {
  if (parameters === undefined) return;
  const bad = REGULAR_EXPRESSIONS.find((keyword) => hasKey(parameters, keyword));
  if (bad) refuse('invalid-request', `body.parameters: "${bad}" is not accepted in it.`);
  try {
    new Validator(parameters, '2020-12').validate({});
  } catch (error) {
    refuse('invalid-request', `body.parameters is no JSON Schema: ${(error as Error).message}.`);
  }
}

/** @throws ProblemError where they are not what the agent takes; one that says nothing takes anything. */
export function checkParams(
  { parameters }: Pick<AgentProfile, 'parameters'>,
  { params = {} }: RunRequest,
): void {
  if (parameters === undefined) return;
  const { valid, errors } = new Validator(parameters, '2020-12', false).validate(params);
  if (valid) return;
  // the deepest say what is wrong, the others only where
  const causes = errors.filter(({ keyword }) => keyword !== 'properties' && keyword !== 'items');
  const list = (causes.length > 0 ? causes : errors).map(({ instanceLocation, error }) => ({
    at: `body.params${instanceLocation.replace(/^#/, '').replaceAll('/', '.')}`,
    message: error,
  }));
  const [first] = list;
  refuse('invalid-request', `${first?.at}: ${first?.message}`, {
    extra: { errors: list.slice(0, 20) },
  });
}

function hasKey(value: unknown, key: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, key) || Object.values(value).some((inner) => hasKey(inner, key));
}
