/** The tool call in the input of a hook. */
import { derivedId, hashOf } from '../webhooks/derived-id.ts';
import type { JsonObject } from '../json.ts';
import { objectOf, stringOf } from '../json.ts';
import { toolName } from '../tool-call.ts';

export interface HookCall {
  /** Derived from the hash if the call has no id, as for permissions. */
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
  /** Hash of name and input. An approval is bound to it. */
  readonly hash: string;
}

export function callOf(hook: JsonObject): HookCall {
  const name = toolName(hook['tool_name']);
  const input = objectOf(hook['tool_input']);
  const hash = hashOf({ tool_name: name, tool_input: input });
  const id = stringOf(hook['tool_use_id']).slice(0, 200);
  return { id: id || derivedId('call', hash), name, input, hash };
}
