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
import { listOf, objectOf, stringOf } from '../json.ts';
import type { HookTool } from './hook-tool.ts';
import { cut, plainName } from '../shown-text.ts';
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
  const plan = stringOf(call.input['plan']);
  const details = call.name === 'ExitPlanMode' && plan !== '' ? plan : exactCall(call.input);
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

/** The label for "always", from the agent's own suggestion. */
function alwaysOf(input: JsonObject): string | undefined {
  const suggestion = objectOf(listOf(input['permission_suggestions'])[0]);
  const where = stringOf(suggestion['destination']) === 'session' ? 'in this session' : 'always';
  const label = (what: string) => cut(`${what} ${where}`, LIMITS.choiceChars);
  switch (suggestion['type']) {
    case 'addRules': {
      const [rule] = listOf(suggestion['rules']).map(objectOf);
      const content = stringOf(rule?.['ruleContent']);
      return label(`Allow ${stringOf(rule?.['toolName'])}${content && `(${content})`}`);
    }
    case 'addDirectories':
      return label(`Allow ${listOf(suggestion['directories']).map(stringOf).join(', ')}`);
    case 'setMode':
      return label(`Switch to ${stringOf(suggestion['mode'])}`);
    default:
      return undefined;
  }
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
