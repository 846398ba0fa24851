/**
 * The output of a hook that passes a person's decision on to the coding agent.
 *
 * Format: code.claude.com/docs/en/hooks. Codex accepts `behavior` and `message` only; other fields make it deny.
 */
import type { JsonObject } from '../json.ts';
import { listOf, objectOf, stringOf } from '../json.ts';
import { optionId, TERMINAL } from './questions.ts';
import type { HookTool } from './hook-tool.ts';

export interface HookDecision {
  readonly choice?: string | undefined;
  readonly text?: string | undefined;
  /** The user who decision. */
  readonly by?: string | undefined;
}

/** The output; undefined for no decision, so that the agent continues to ask in the terminal. */
export function answerFor(
  tool: HookTool,
  input: JsonObject,
  decision: HookDecision,
): object | undefined {
  if (decision.choice === TERMINAL.id) return undefined;
  const event = stringOf(input['hook_event_name']);
  if (event === 'Elicitation') return elicitationAnswer(decision);
  if (event !== 'PermissionRequest') return undefined;
  const output = decisionOf(tool, input, decision);
  return output && { hookSpecificOutput: { hookEventName: event, decision: output } };
}

function decisionOf(
  tool: HookTool,
  input: JsonObject,
  { choice, text, by = 'somebody' }: HookDecision,
): object | undefined {
  const toolInput = objectOf(input['tool_input']);
  if (tool === 'claude-code' && input['tool_name'] === 'AskUserQuestion') {
    const answer = text ?? optionLabel(toolInput, choice);
    return answer === undefined ? undefined : allowWith(withAnswer(toolInput, answer));
  }
  switch (choice) {
    case 'allow':
      // Claude Code carries out a plan only if the answer repeats its input
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

/** `updatedInput` replaces the whole input. */
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

function elicitationAnswer({ choice }: HookDecision): object | undefined {
  if (choice !== 'accept' && choice !== 'decline') return undefined;
  return { hookSpecificOutput: { hookEventName: 'Elicitation', action: choice, content: {} } };
}
