/** Recorded sessions, and the known problems of hooks. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fleet } from '../../protocol/fleet/fleet.ts';
import { statusOf } from '../../protocol/fleet/status.ts';
import { answerFor } from '../../service/adapters/hooks/answers.ts';
import type { JsonObject } from '../../service/adapters/json.ts';
import { translateHook } from '../../service/adapters/hooks/hooks.ts';
import { ALICE, MemoryLog } from '../support/fleet.ts';

const LATER = '2026-01-31T13:00:00.000Z';
const CONTEXT = { host: 'laptop', expiresAt: LATER };

function recorded(name: string): JsonObject[] {
  const text = readFileSync(
    new URL(`../fixtures/claude-code/${name}.hooks.ndjson`, import.meta.url),
    'utf8',
  );
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
}

/** Applies the events as the service does. Returns the status after each. */
function replay(inputs: readonly JsonObject[]): {
  statuses: string[];
  fleet: Fleet;
  log: MemoryLog;
} {
  const log = new MemoryLog();
  const statuses = inputs.map((input) => {
    apply(log, input);
    const [agent] = Object.values(log.fleet.agents);
    return agent ? statusOf(log.fleet, agent) : 'none';
  });
  return { statuses, fleet: log.fleet, log };
}

function apply(log: MemoryLog, input: JsonObject): void {
  const { agent, run, reports, over, ask } = translateHook('claude-code', input, CONTEXT);
  log.apply({ type: 'register-agent', agent: agent.id, profile: agent.profile });
  const known = new Set(log.events.map(({ id }) => id));
  for (const { type, id, data } of reports) {
    if (known.has(id)) continue;
    // what does not fit any more is left out
    log.apply({ type: 'report', events: [{ type, id, agent: agent.id, run, data }] });
  }
  for (const { id, hash } of log.fleet.agents[agent.id]?.approvals ?? []) {
    if (over === 'all' || (over !== 'none' && over.hash === hash)) {
      log.apply({ type: 'withdraw-approval', approval: id, reason: 'answered-elsewhere' });
    }
  }
  if (ask) {
    const event = { type: 'approval.requested', agent: agent.id, run, data: ask };
    log.apply({ type: 'report', events: [event] }, ALICE);
  }
}

describe('recorded sessions of Claude Code', () => {
  test('a permission that was given in the meantime', () => {
    expect(replay(recorded('interactive-allowed-by-hook')).statuses).toEqual([
      'idle',
      'running',
      'running',
      'needs-approval',
      // Notification: a late echo of the same request
      'needs-approval',
      // PostToolUse: it ran, so it was allowed
      'running',
      'succeeded',
    ]);
  });

  test('a dialog that is left open', () => {
    const { statuses, fleet } = replay(recorded('interactive-dialog'));
    expect(statuses.at(-1)).toBe('needs-approval');
    const [agent] = Object.values(fleet.agents);
    expect(agent).toMatchObject({ name: 'project', description: 'Claude Code', host: 'laptop' });
    expect(agent?.approvals).toMatchObject([
      {
        title: 'Run a command',
        details: expect.stringMatching(/^touch made-by-agent.txt\n/),
        expiresAt: LATER,
      },
    ]);
    expect(agent?.approvals?.[0]?.choices.map(({ id }) => id)).toEqual([
      'allow',
      'always',
      'deny',
      'terminal',
    ]);
  });

  test.each(['p-allowed', 'p-pre-allow', 'p-default', 'p-pre-deny'])('%s ends well', (name) => {
    const { statuses } = replay(recorded(name));
    expect(statuses.at(-1)).toBe('succeeded');
  });

  test('in any order, and each call twice, the end is the same', () => {
    const inputs = recorded('interactive-allowed-by-hook').filter(
      ({ hook_event_name: event }) => event !== 'PermissionRequest',
    );
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...inputs, ...inputs], { minLength: inputs.length * 2 }),
        (shuffled) => {
          const { statuses, log } = replay(shuffled);
          expect(statuses.at(-1)).toBe('succeeded');
          const ends = log.events.filter(({ type }) => type === 'run.succeeded');
          expect(ends).toHaveLength(1);
        },
      ),
      { numRuns: 50 },
    );
  });
});

const BASE = { session_id: 'abcdef0123', cwd: '/home/mira/api', prompt_id: 'p1' };
const PERMISSION = {
  ...BASE,
  hook_event_name: 'PermissionRequest',
  permission_mode: 'default',
  tool_name: 'Bash',
  tool_input: { command: 'rm -rf build', description: 'clean' },
};
const askOf = (input: JsonObject) => translateHook('claude-code', input, CONTEXT).ask;

describe('what is asked', () => {
  test('is exactly what will be done, and bound to it', () => {
    const ask = askOf(PERMISSION);
    expect(ask?.details).toBe('rm -rf build\n\n"description": "clean"');
    const other = askOf({ ...PERMISSION, tool_input: { command: 'rm -rf builds' } });
    expect(other?.hash).not.toBe(ask?.hash);
    const reordered = { description: 'clean', command: 'rm -rf build' };
    expect(askOf({ ...PERMISSION, tool_input: reordered })?.hash).toBe(ask?.hash);
  });

  test.each(['valueOf', 'constructor', '__proto__'])('has a title for a tool called %s', (name) => {
    const { ask } = translateHook('claude-code', { ...PERMISSION, tool_name: name }, CONTEXT);
    expect(ask?.title).toBe(`Use ${name}`);
  });

  test('is not cut: what does not fit stays in the terminal', () => {
    const command = 'x'.repeat(40_000);
    expect(askOf({ ...PERMISSION, tool_input: { command } })).toBeUndefined();
  });

  test.each(['bypassPermissions', 'dontAsk'])('is nothing where nobody is asked: %s', (mode) => {
    expect(askOf({ ...PERMISSION, permission_mode: mode })).toBeUndefined();
  });

  test('is a question with its options for AskUserQuestion', () => {
    expect(askOf(USER_QUESTION)).toMatchObject({
      kind: 'question',
      title: 'Which database?',
      choices: [{ label: 'PostgreSQL' }, { label: 'SQLite' }, { id: 'terminal' }],
      freeText: true,
    });
  });

  test('is nothing by a hook that does not wait', () => {
    const context = { host: 'laptop', expiresAt: undefined };
    expect(translateHook('claude-code', PERMISSION, context).ask).toBeUndefined();
  });
});

const USER_QUESTION = {
  ...PERMISSION,
  tool_name: 'AskUserQuestion',
  tool_input: {
    questions: [
      {
        question: 'Which database?',
        header: 'DB',
        options: [
          { label: 'PostgreSQL', description: 'a server' },
          { label: 'SQLite', description: 'a file' },
        ],
      },
    ],
  },
};
const SUGGESTION = {
  type: 'addRules',
  rules: [{ toolName: 'Bash', ruleContent: 'rm:*' }],
  behavior: 'allow',
  destination: 'localSettings',
};
const decision = (
  input: JsonObject,
  decided: object,
  tool: 'claude-code' | 'codex' = 'claude-code',
) =>
  (answerFor(tool, input, decided) as { hookSpecificOutput: { decision: unknown } } | undefined)
    ?.hookSpecificOutput.decision;

describe('what the hook answers', () => {
  test.each<[string, JsonObject, object, unknown]>([
    ['yes', PERMISSION, { choice: 'allow' }, { behavior: 'allow' }],
    [
      'no',
      PERMISSION,
      { choice: 'deny', by: 'mira' },
      { behavior: 'deny', message: 'Denied in the browser by mira.' },
    ],
    [
      'always, as it was suggested',
      { ...PERMISSION, permission_suggestions: [SUGGESTION] },
      { choice: 'always' },
      { behavior: 'allow', updatedPermissions: [SUGGESTION] },
    ],
    ['in the terminal: no decision', PERMISSION, { choice: 'terminal' }, undefined],
    ['nothing that it knows: no decision', PERMISSION, { choice: 'maybe' }, undefined],
    [
      'an option: the whole input, with the answer',
      USER_QUESTION,
      { choice: 'option-2' },
      {
        behavior: 'allow',
        updatedInput: { ...USER_QUESTION.tool_input, answers: { 'Which database?': 'SQLite' } },
      },
    ],
    [
      'own words',
      USER_QUESTION,
      { text: 'DuckDB' },
      {
        behavior: 'allow',
        updatedInput: { ...USER_QUESTION.tool_input, answers: { 'Which database?': 'DuckDB' } },
      },
    ],
    [
      'a plan: its input comes back',
      { ...PERMISSION, tool_name: 'ExitPlanMode', tool_input: { plan: '1. Do it.' } },
      { choice: 'allow' },
      { behavior: 'allow', updatedInput: { plan: '1. Do it.' } },
    ],
  ])('%s', (_what, input, decided, expected) => {
    expect(decision(input, decided)).toEqual(expected);
  });

  test('to Codex is behaviour and message alone', () => {
    expect(decision(PERMISSION, { choice: 'allow' }, 'codex')).toEqual({ behavior: 'allow' });
  });
});

describe('traps', () => {
  test('a Stop with work in the background is not the end', () => {
    const background_tasks = [{ id: 't', status: 'running' }];
    const stop = { ...BASE, hook_event_name: 'Stop', background_tasks };
    const { reports } = translateHook('claude-code', stop, CONTEXT);
    expect(reports.at(-1)).toMatchObject({
      type: 'run.progress',
      data: { message: 'Waiting for 1 background task' },
    });
  });

  test('a tool of another call does not end the waiting', () => {
    const other = { ...PERMISSION, hook_event_name: 'PostToolUse', tool_input: { command: 'ls' } };
    expect(translateHook('claude-code', other, CONTEXT).over).toEqual({
      hash: askOf({ ...other, hook_event_name: 'PermissionRequest' })?.hash,
    });
    expect(translateHook('claude-code', other, CONTEXT).over).not.toEqual({
      hash: askOf(PERMISSION)?.hash,
    });
  });
});
