/** Parameters of runs, which an agent describes with a JSON Schema. */
import { Validator } from '@cfworker/json-schema';
import type { AgentProfile } from '../../protocol/events/agent.ts';
import type { RunRequest } from '../../protocol/events/run.ts';
import { throwInvalid } from './input.ts';

/** A schema with one of these could keep the service busy, and many users may register agents. */
const REGULAR_EXPRESSIONS = ['pattern', 'patternProperties'];

/** @throws HttpProblem for a schema that is not valid or not accepted. */
export function checkParametersSchema({ parameters }: AgentProfile): void {
  if (parameters === undefined) return;
  const at = 'body.parameters';
  const keyword = REGULAR_EXPRESSIONS.find((name) => hasKey(parameters, name));
  if (keyword) throwInvalid([{ at, message: `"${keyword}" is not accepted` }]);
  try {
    new Validator(parameters, '2020-12').validate({});
  } catch (error) {
    throwInvalid([{ at, message: `must be a JSON Schema: ${(error as Error).message}` }]);
  }
}

/** @throws HttpProblem if the parameters do not match the agent's schema. Without a schema, all do. */
export function checkParameters(
  { parameters }: Pick<AgentProfile, 'parameters'>,
  { params = {} }: RunRequest,
): void {
  if (parameters === undefined) return;
  const { valid, errors } = new Validator(parameters, '2020-12', false).validate(params);
  if (valid) return;
  // the deepest errors say what is wrong, the others only where
  const causes = errors.filter(({ keyword }) => keyword !== 'properties' && keyword !== 'items');
  const shown = causes.length > 0 ? causes : errors;
  throwInvalid(
    shown.map(({ instanceLocation, error }) => ({
      at: `body.params${instanceLocation.replace(/^#/, '').replaceAll('/', '.')}`,
      message: error.replace(/\.$/, ''),
    })),
  );
}

function hasKey(value: unknown, key: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, key) || Object.values(value).some((inner) => hasKey(inner, key));
}
