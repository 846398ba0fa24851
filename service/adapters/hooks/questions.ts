/**
 * Translates a coding agent's question into an approval.
 *
 * A person must see the whole of what they decide on: a question that does not fit is left to the terminal.
 */
import type { EventData } from '../../../protocol/events/event.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import { hashOf } from '../webhooks/derived-id.ts';
import { callOf } from './hook-call.ts';
import type { JsonObject } from '../json.ts';
import { listOf, nonEmptyString, objectOf, stringOf } from '../json.ts';
import type { HookTool } from './hook-tool.ts';
import { plainName } from '../shown-text.ts';
import { exactCall } from '../tool-call.ts';

type Question = EventData<'approval.requested'>;
type Choice = Question['choices'][number];

/** In these modes the agent decides by its rules, but still calls the hook. */
const UNATTENDED: ReadonlySet<string> = new Set(['bypassPermissions', 'dontAsk']);

export const TERMINAL: Choice = { id: 'terminal', label: 'In the terminal', tone: 'neutral' };

/** Undefined if there is no question, or if it can't be shown completely. */
export function questionOf(tool: HookTool, input: JsonObject): Question | undefined {
  const event = stringOf(input['hook_event_name']);
  if (UNATTENDED.has(stringOf(input['permission_mode']))) return undefined;
  if (event === 'Elicitation') return elicitation(input);
  if (event !== 'PermissionRequest') return undefined;
  const call = callOf(input);
  if (tool === 'claude-code' && call.name === 'AskUserQuestion') return userQuestion(input);
  return permission(tool, input);
}

const TITLES: ReadonlyMap<string, string> = new Map([
  ['Bash', 'Run a command'],
  ['shell', 'Run a command'],
  ['Edit', 'Edit a file'],
  ['MultiEdit', 'Edit a file'],
  ['NotebookEdit', 'Edit a notebook'],
  ['Write', 'Write a file'],
  ['Read', 'Read a file'],
  ['WebFetch', 'Fetch a web page'],
  ['WebSearch', 'Search the web'],
  ['ExitPlanMode', 'Carry out the plan'],
  ['apply_patch', 'Change files'],
]);

function permission(tool: HookTool, input: JsonObject): Question | undefined {
  const call = callOf(input);
  const details = exactCall(call.input);
  if (details.length > LIMITS.detailsChars) return undefined;
  const always = tool === 'claude-code' ? alwaysOf(input) : undefined;
  const choices: Choice[] = [
    { id: 'allow', label: 'Approve', tone: 'allow' },
    ...(always ? [{ id: 'always', label: always, tone: 'neutral' } as const] : []),
    { id: 'deny', label: 'Deny', tone: 'deny' },
    TERMINAL,
  ];
  const title = TITLES.get(call.name) ?? `Use ${call.name}`;
  return { kind: 'permission', title, details: details.toWellFormed(), choices, hash: call.hash };
}

/** Where Claude Code keeps what is decided for ever, by its own names. */
const KEPT_IN: ReadonlyMap<string, string> = new Map([
  ['session', 'in this session'],
  ['localSettings', 'in this project, for you'],
  ['projectSettings', 'in this project, for everybody'],
  ['userSettings', 'in all your projects'],
]);

/** What is kept, by the behaviour of a rule. The call itself is approved in each case. */
const EFFECTS: ReadonlyMap<string, string> = new Map([
  ['allow', 'Allow'],
  ['deny', 'Approve once, then deny'],
  ['ask', 'Approve once, then ask about'],
]);

/** The label for "always": everything that the agent's suggestion keeps, or undefined if that can't be shown. */
function alwaysOf(input: JsonObject): string | undefined {
  const suggestion = objectOf(listOf(input['permission_suggestions'])[0]);
  const where = KEPT_IN.get(stringOf(suggestion['destination']));
  const what = effectOf(suggestion);
  if (where === undefined || what === undefined) return undefined;
  const label = `${what} ${where}`;
  // a name without invisible characters that fits is the same
  return plainName(label, LIMITS.choiceChars) === label ? label : undefined;
}

function effectOf(suggestion: JsonObject): string | undefined {
  switch (suggestion['type']) {
    case 'addRules': {
      const effect = EFFECTS.get(stringOf(suggestion['behavior']));
      const rules = listOf(suggestion['rules']).map(shownRule);
      return effect && listed(effect, rules);
    }
    case 'addDirectories': {
      const folders = listOf(suggestion['directories']).map(nonEmptyString);
      return listed('Allow', folders);
    }
    case 'setMode': {
      const mode = nonEmptyString(suggestion['mode']);
      return mode && `Switch to ${mode}`;
    }
    default:
      return undefined;
  }
}

function shownRule(rule: unknown): string | undefined {
  const { toolName: name, ruleContent: content = '' } = objectOf(rule);
  if (typeof name !== 'string' || name === '' || typeof content !== 'string') return undefined;
  return content === '' ? name : `${name}(${content})`;
}

function listed(effect: string, items: readonly (string | undefined)[]): string | undefined {
  const isComplete = items.length > 0 && items.every((item) => item !== undefined);
  return isComplete ? `${effect} ${items.join(', ')}` : undefined;
}

/** A single question with options. Several questions are left to the terminal, which shows one after the other. */
function userQuestion(input: JsonObject): Question | undefined {
  const { hash, input: toolInput } = callOf(input);
  const questions = listOf(toolInput['questions']).map(objectOf);
  const [question] = questions;
  if (!question || questions.length > 1 || question['multiSelect'] === true) return undefined;
  const options = listOf(question['options']).map(objectOf);
  const labels = options.map(({ label }) => stringOf(label));
  const fits = labels.every((label) => label !== '' && label.length <= LIMITS.choiceChars);
  if (!fits || labels.length >= LIMITS.choices) return undefined;
  const title = stringOf(question['question']);
  if (title === '' || title.length > LIMITS.titleChars) return undefined;
  const details = options
    .flatMap(({ label, description }) => {
      const text = stringOf(description);
      return text === '' ? [] : [`${stringOf(label)}: ${text}`];
    })
    .join('\n');
  if (details.length > LIMITS.detailsChars) return undefined;
  const choices = labels.map((label, index): Choice => ({ id: optionId(index), label }));
  return {
    kind: 'question',
    title: title.toWellFormed(),
    ...(details !== '' && { details: details.toWellFormed() }),
    choices: [...choices, TERMINAL],
    freeText: true,
    hash,
  };
}

export function optionId(index: number): string {
  return `option-${index + 1}`;
}

/** A question of an MCP server, if accepting or declining answers it. */
function elicitation(input: JsonObject): Question | undefined {
  const message = stringOf(input['message']);
  if (message === '' || message.length > LIMITS.detailsChars) return undefined;
  const isLink = input['mode'] === 'url';
  const fields = Object.keys(objectOf(objectOf(input['requested_schema'])['properties']));
  // only the terminal can show a form
  if (!isLink && fields.length > 0) return undefined;
  const server = plainName(stringOf(input['mcp_server_name']), 60) || 'A tool';
  const url = stringOf(input['url']);
  return {
    kind: 'question',
    title: `${server} asks`,
    details: [message, url]
      .filter((part) => part !== '')
      .join('\n')
      .toWellFormed(),
    choices: [
      { id: 'accept', label: 'Accept', tone: 'allow' },
      { id: 'decline', label: 'Decline', tone: 'deny' },
      TERMINAL,
    ],
    hash: hashOf({ server, message, url }),
  };
}
