/** The call of a tool that a hook is about. */
import { derivedId, hashOf } from '../webhooks/derived-id.ts';
import type { JsonObject } from '../json.ts';
import { objectOf, stringOf } from '../json.ts';
import { toolName } from '../tool-call.ts';

export interface HookCall {
  /** Without an id of its own (a permission has none), the same for the same call. */
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
  /** Of name and input: what an approval is bound to. */
  readonly hash: string;
}

export function callOf(hook: JsonObject): HookCall {
  const name = toolName(hook['tool_name']);
  const input = objectOf(hook['tool_input']);
  const hash = hashOf({ tool_name: name, tool_input: input });
  const id = stringOf(hook['tool_use_id']).slice(0, 200);
  return { id: id || derivedId('call', hash), name, input, hash };
}
