/** Parameters of runs, which an agent describes with a JSON Schema. */
import { Validator } from '@cfworker/json-schema';
import type { AgentProfile } from '../../protocol/events/agent.ts';
import type { RunRequest } from '../../protocol/events/run.ts';

/** What is wrong, and where in the body. */
export interface Invalid {
  readonly at: string;
  readonly message: string;
}

/** A schema with one of these could keep the service busy, and many users may register agents. */
const REGULAR_EXPRESSIONS = ['pattern', 'patternProperties'];

/** Why an agent's schema is not accepted; empty if it is. */
export function errorsOfSchema({ parameters }: AgentProfile): readonly Invalid[] {
  if (parameters === undefined) return [];
  const at = 'body.parameters';
  const keyword = REGULAR_EXPRESSIONS.find((name) => hasKey(parameters, name));
  if (keyword) return [{ at, message: `"${keyword}" is not accepted` }];
  try {
    new Validator(parameters, '2020-12').validate({});
    return [];
  } catch (error) {
    return [{ at, message: `must be a JSON Schema: ${(error as Error).message}` }];
  }
}

/** Where the parameters of a run do not match the agent's schema. Without a schema, all do. */
export function errorsOfParameters(
  { parameters }: Pick<AgentProfile, 'parameters'>,
  { params = {} }: RunRequest,
): readonly Invalid[] {
  if (parameters === undefined) return [];
  const { valid, errors } = new Validator(parameters, '2020-12', false).validate(params);
  if (valid) return [];
  // the deepest errors say what is wrong, the others only where
  const causes = errors.filter(({ keyword }) => keyword !== 'properties' && keyword !== 'items');
  const shown = causes.length > 0 ? causes : errors;
  return shown.map(({ instanceLocation, error }) => ({
    at: `body.params${instanceLocation.replace(/^#/, '').replaceAll('/', '.')}`,
    message: error.replace(/\.$/, ''),
  }));
}

function hasKey(value: unknown, key: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, key) || Object.values(value).some((inner) => hasKey(inner, key));
}
