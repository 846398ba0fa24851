/**
 * Translates the hooks of coding agents: a session is an agent, each prompt a run.
 *
 * Hooks are separate processes that run in parallel, so nothing here depends on their order: every translation
 * contains the run and its start, with ids that are the same each time.
 */
import { basename } from 'node:path';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import { derivedId } from '../webhooks/derived-id.ts';
import { callOf } from './hook-call.ts';
import type { JsonObject } from '../json.ts';
import { listOf, objectOf, stringOf } from '../json.ts';
import type { HookTranslation, HookReport } from './hook-translation.ts';
import { questionOf } from './questions.ts';
import type { HookTool } from './hook-tool.ts';
import { cut, firstLine, plainName } from '../shown-text.ts';
import { callInput, callLine } from '../tool-call.ts';

export interface HookContext {
  /** Host name. */
  readonly host: string | undefined;
  /** How long the hook waits for a person's answer, as ISO 8601 in UTC; undefined if it does not wait. */
  readonly expiresAt: string | undefined;
  /** The run in which the session was started, such as that of a wrapped command. */
  readonly parent?: string | undefined;
}

const NAMES: Record<HookTool, string> = { 'claude-code': 'Claude Code', codex: 'Codex' };
const ID_PREFIX: Record<HookTool, string> = { 'claude-code': 'claude', codex: 'codex' };

export function translateHook(
  tool: HookTool,
  input: JsonObject,
  context: HookContext,
): HookTranslation {
  const session = stringOf(input['session_id']);
  const event = stringOf(input['hook_event_name']);
  const prompt = promptOf(tool, input);
  const run = prompt === undefined ? undefined : derivedId('run', tool, session, prompt);
  const events = run === undefined ? [] : eventsOf(event, input);
  const { parent } = context;
  const started: HookReport[] =
    run === undefined || events.length === 0
      ? []
      : [
          {
            type: 'run.started',
            id: derivedId('started', run),
            data: parent === undefined ? {} : { parent },
          },
        ];
  const question = context.expiresAt === undefined ? undefined : questionOf(tool, input);
  const mark = stringOf(input['tool_use_id']) || `${event} ${JSON.stringify(input)}`;
  const idFor = (name: string, index = 0) =>
    derivedId(session, prompt ?? '', name, mark, String(index));
  const isOwnCall = event === 'PreToolUse' && stringOf(input['agent_id']) === '';
  return {
    agent: agentOf(tool, session, input, context),
    run,
    reports: [
      ...started,
      ...events.map((report, index) => ({ ...report, id: idFor(event, index) })),
    ],
    ...((isOwnCall || event === 'StopFailure') && {
      goesOnUnless: [event, 'PostToolUse', 'PostToolUseFailure'].map((name) => idFor(name)),
    }),
    over: overOf(event, input),
    ...(question && { ask: { ...question, expiresAt: context.expiresAt } }),
    startsAnew: event === 'UserPromptSubmit' && run !== undefined,
    hasEnded: event === 'SessionEnd',
  };
}

function agentOf(
  tool: HookTool,
  session: string,
  input: JsonObject,
  { host }: HookContext,
): HookTranslation['agent'] {
  const project = basename(stringOf(input['cwd'])) || 'session';
  const slug = project
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[-._]+|[-._]+$/g, '')
    .slice(0, 40);
  const mark = /^[0-9a-z]{8}/i.exec(session)?.[0].toLowerCase() ?? derivedId(session).slice(0, 8);
  const id = [ID_PREFIX[tool], slug, mark].filter((part) => part !== '').join('-');
  const profile = {
    name: plainName(project, LIMITS.nameChars) || 'session',
    description: NAMES[tool],
    kind: tool,
    ...(host !== undefined && { host: plainName(host, LIMITS.hostChars) }),
    capabilities: [],
    ephemeral: true,
    session: derivedId('session', tool, session),
  };
  return { id, otherId: `${ID_PREFIX[tool]}-${profile.session}`, profile };
}

/** The translation for the run that continues a prompt after `index` stops that were blocked. */
export function afterStops(translation: HookTranslation, index: number): HookTranslation {
  const { run: first, reports } = translation;
  if (first === undefined) return translation;
  const run = runAfterStops(first, index);
  return {
    ...translation,
    run,
    reports: reports.map((report) =>
      report.type === 'run.started' ? { ...report, id: derivedId('started', run) } : report,
    ),
  };
}

/** @param first the prompt's first run. */
export function runAfterStops(first: string, index: number): string {
  return index === 0 ? first : derivedId('run', first, String(index));
}

/** The prompt that the hook belongs to. Older versions do not report it. */
function promptOf(tool: HookTool, input: JsonObject): string | undefined {
  const prompt = stringOf(input[tool === 'codex' ? 'turn_id' : 'prompt_id']);
  return prompt === '' ? undefined : prompt;
}

type ReportWithoutId = HookReport extends infer R
  ? R extends HookReport
    ? Omit<R, 'id'>
    : never
  : never;

function eventsOf(event: string, input: JsonObject): ReportWithoutId[] {
  switch (event) {
    case 'UserPromptSubmit':
      return [message('user', stringOf(input['prompt']))];
    case 'PreToolUse': {
      const call = callOf(input);
      return [
        {
          type: 'tool.started',
          data: {
            call: call.id,
            name: call.name,
            input: callInput(call.input),
          },
        },
        { type: 'run.progress', data: { message: callLine(call.name, call.input) } },
      ];
    }
    case 'PostToolUse': {
      const { id } = callOf(input);
      const output = outputOf(input['tool_response']);
      return [{ type: 'tool.completed', data: { call: id, ...(output !== '' && { output }) } }];
    }
    case 'PostToolUseFailure':
      return [{ type: 'tool.failed', data: { call: callOf(input).id, message: errorOf(input) } }];
    case 'SubagentStart':
      return [
        {
          type: 'step.started',
          data: { step: stepOf(input), name: subagentName(input), kind: 'subagent' },
        },
      ];
    case 'SubagentStop':
      return [{ type: 'step.completed', data: { step: stepOf(input) } }];
    case 'PreCompact':
      return [{ type: 'run.phase', data: { name: 'Compacting the conversation' } }];
    case 'PostCompact':
      return [{ type: 'run.phase', data: { name: 'Working' } }];
    case 'Stop':
      return stopped(input);
    case 'StopFailure':
      return [failed(input)];
    case 'Interrupt':
      return [{ type: 'run.cancelled', data: { message: 'Interrupted in the terminal.' } }];
    default:
      return [];
  }
}

function message(role: 'user' | 'assistant', text: string): ReportWithoutId {
  return { type: 'message.added', data: { role, text: cut(text, LIMITS.outputChars) } };
}

function stopped(input: JsonObject): ReportWithoutId[] {
  const last = stringOf(input['last_assistant_message']);
  const messages = last === '' ? [] : [message('assistant', last)];
  // some API errors arrive as a plain Stop
  if (input['isApiErrorMessage'] === true || /^(?:[^\n·]* · )?API Error(?::| \()/.test(last)) {
    return [...messages, failed(input)];
  }
  const tasks = listOf(input['background_tasks']).filter(
    (task) => objectOf(task)['status'] !== 'completed',
  ).length;
  if (tasks > 0) {
    const waiting = `Waiting for ${tasks} background ${tasks === 1 ? 'task' : 'tasks'}`;
    return [...messages, { type: 'run.progress', data: { message: waiting } }];
  }
  const line = firstLine(last, LIMITS.messageChars);
  return [
    ...messages,
    { type: 'run.succeeded', data: line === undefined ? {} : { message: line } },
  ];
}

/** What the agent shows its user says more than the kind of the error. */
function failed(input: JsonObject): ReportWithoutId {
  const last = stringOf(input['last_assistant_message']).trim();
  const words = last === '' ? errorOf(input) : cut(last, LIMITS.messageChars);
  return { type: 'run.failed', data: { reason: 'other', message: words } };
}

function errorOf(input: JsonObject): string {
  const parts = [stringOf(input['error']).replaceAll('_', ' '), stringOf(input['error_details'])];
  const words = parts.filter((part) => part !== '').join(': ');
  return cut(words || 'It gave no reason.', LIMITS.messageChars);
}

function outputOf(response: unknown): string {
  if (typeof response === 'string') return cut(response, LIMITS.outputChars);
  const { stdout, stderr } = objectOf(response);
  const printed = [stringOf(stdout), stringOf(stderr)].filter((part) => part !== '').join('\n');
  return cut(printed, LIMITS.outputChars);
}

function stepOf(input: JsonObject): string {
  const id = stringOf(input['agent_id'])
    .replace(/[^A-Za-z0-9._:/-]/g, '')
    .slice(0, 90);
  return /^[A-Za-z0-9]/.test(id) ? id : 'subagent';
}

function subagentName(input: JsonObject): string {
  return plainName(stringOf(input['agent_type']), LIMITS.nameChars) || 'Subagent';
}

/** After these events no question of the session is open any more. */
const ENDS_WAITING: ReadonlySet<string> = new Set([
  'UserPromptSubmit',
  'Stop',
  'StopFailure',
  'SessionEnd',
  'SessionStart',
  'Interrupt',
]);

function overOf(event: string, input: JsonObject): HookTranslation['over'] {
  if (ENDS_WAITING.has(event)) return 'all';
  // other calls that run in parallel may still wait
  const isAboutCall = ['PostToolUse', 'PostToolUseFailure', 'PermissionDenied'].includes(event);
  return isAboutCall ? { hash: callOf(input).hash } : 'none';
}
