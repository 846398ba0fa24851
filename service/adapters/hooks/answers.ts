/**
 * What a hook prints so that the coding agent does as the person decided.
 *
 * Shapes: code.claude.com/docs/en/hooks. Codex takes behaviour and message alone: more fails there, and closed.
 */
import type { JsonObject } from '../json.ts';
import { listOf, objectOf, stringOf } from '../json.ts';
import { optionId, TERMINAL } from './questions.ts';
import type { HookTool } from './hook-tool.ts';

export interface Decided {
  readonly choice?: string | undefined;
  readonly text?: string | undefined;
  /** The user who decided. */
  readonly by?: string | undefined;
}

/** Undefined: no decision, the agent goes on asking in the terminal. */
export function answerFor(tool: HookTool, input: JsonObject, decided: Decided): object | undefined {
  if (decided.choice === TERMINAL.id) return undefined;
  const event = stringOf(input['hook_event_name']);
  if (event === 'Elicitation') return elicitationAnswer(decided);
  if (event !== 'PermissionRequest') return undefined;
  const decision = decisionOf(tool, input, decided);
  return decision && { hookSpecificOutput: { hookEventName: event, decision } };
}

function decisionOf(
  tool: HookTool,
  input: JsonObject,
  { choice, text, by = 'somebody' }: Decided,
): object | undefined {
  const toolInput = objectOf(input['tool_input']);
  if (tool === 'claude-code' && input['tool_name'] === 'AskUserQuestion') {
    const answer = text ?? optionLabel(toolInput, choice);
    return answer === undefined ? undefined : allowWith(withAnswer(toolInput, answer));
  }
  switch (choice) {
    case 'allow':
      // a plan is only carried out when its input comes back with the answer
      return tool === 'claude-code' && input['tool_name'] === 'ExitPlanMode'
        ? allowWith(toolInput)
        : { behavior: 'allow' };
    case 'always': {
      const [suggestion] = listOf(input['permission_suggestions']);
      return {
        behavior: 'allow',
        ...(suggestion !== undefined && { updatedPermissions: [suggestion] }),
      };
    }
    case 'deny':
      return { behavior: 'deny', message: text ?? `Denied in the browser by ${by}.` };
    default:
      return undefined;
  }
}

/** It replaces the whole input. */
function allowWith(updatedInput: object): object {
  return { behavior: 'allow', updatedInput };
}

function withAnswer(toolInput: Readonly<Record<string, unknown>>, answer: string): object {
  const question = stringOf(objectOf(listOf(toolInput['questions'])[0])['question']);
  return { ...toolInput, answers: { [question]: answer } };
}

function optionLabel(
  toolInput: Readonly<Record<string, unknown>>,
  choice: string | undefined,
): string | undefined {
  const options = listOf(objectOf(listOf(toolInput['questions'])[0])['options']);
  const index = options.findIndex((_option, at) => optionId(at) === choice);
  return index < 0 ? undefined : stringOf(objectOf(options[index])['label']);
}

function elicitationAnswer({ choice }: Decided): object | undefined {
  if (choice !== 'accept' && choice !== 'decline') return undefined;
  return { hookSpecificOutput: { hookEventName: 'Elicitation', action: choice, content: {} } };
}
