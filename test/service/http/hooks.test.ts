/** Sessions of coding agents, by their hooks. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HookAnswer, RunsAnswer } from '../../../protocol/wire/messages.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await openHub();
});
afterAll(() => hub.close());

async function call(session: string, event: string, rest: object = {}, tool = 'claude-code') {
  const body = {
    session_id: session,
    prompt_id: 'p1',
    turn_id: 'p1',
    cwd: '/w/proj',
    hook_event_name: event,
    ...rest,
  };
  return (await hub.expect<HookAnswer>(200, 'POST', `/v1/hooks/${tool}`, { body })).agent;
}

async function runsOf(agent: string): Promise<string[]> {
  const path = `/v1/runs?agent=${agent}`;
  const { runs } = await hub.expect<RunsAnswer>(200, 'GET', path);
  return runs.map(({ status }) => status);
}

const TOOL = { tool_name: 'Bash', tool_input: { command: 'make' }, tool_use_id: 't1' };
const PROMPT = { prompt: 'fix' };

test('a session is one agent, wherever its folder moves', async () => {
  const session = randomUUID();
  const agents = [
    await call(session, 'UserPromptSubmit', PROMPT),
    await call(session, 'PreToolUse', TOOL),
    await call(session, 'PostToolUse', { ...TOOL, cwd: '/w/proj/packages/web' }),
    await call(session, 'Stop', { cwd: '/w/proj/packages/web' }),
    await call(session, 'SessionEnd', { cwd: '/tmp' }),
  ];
  const id = `claude-proj-${session.slice(0, 8)}`;
  expect(new Set(agents)).toEqual(new Set([id]));
  expect((await hub.fleet()).agents[id]?.name).toBe('proj');
  expect(await runsOf(id)).toEqual(['succeeded']);
});

test.each(['claude-code', 'codex'])(
  'sessions of %s whose ids begin alike are agents of their own, also at the same moment',
  async (tool) => {
    const start = randomUUID().slice(0, 18);
    const sessions = Array.from({ length: 4 }, () => start + randomUUID().slice(18));
    const prompt = (session: string) => call(session, 'UserPromptSubmit', PROMPT, tool);
    const agents = await Promise.all(sessions.map(prompt));
    expect(new Set(agents).size).toBe(4);
    for (const session of sessions) {
      const agent = await call(session, 'PreToolUse', { ...TOOL, cwd: '/elsewhere' }, tool);
      expect(agent).toBe(agents[sessions.indexOf(session)]);
      expect(await runsOf(agent)).toEqual(['running']);
    }
  },
);

test.each<[string, (readonly [event: string, rest?: object])[], string[]]>([
  ['goes on with a tool', [['Stop'], ['PreToolUse', TOOL]], ['running', 'succeeded']],
  [
    'goes on and ends again',
    [['Stop'], ['PreToolUse', TOOL], ['PostToolUse', TOOL], ['Stop', { n: 2 }]],
    ['succeeded', 'succeeded'],
  ],
  [
    'goes on and fails',
    [['Stop'], ['PreToolUse', TOOL], ['StopFailure', { error: 'rate_limit' }]],
    ['failed', 'succeeded'],
  ],
  ['fails at once', [['Stop'], ['StopFailure', { error: 'rate_limit' }]], ['failed', 'succeeded']],
  [
    'is stopped twice',
    [
      ['Stop'],
      ['PreToolUse', TOOL],
      ['Stop', { n: 2 }],
      ['PreToolUse', { ...TOOL, tool_use_id: 't2' }],
    ],
    ['running', 'succeeded', 'succeeded'],
  ],
  ['has ended: a late echo', [['PreToolUse', TOOL], ['Stop'], ['PreToolUse', TOOL]], ['succeeded']],
  [
    'has ended: hooks in another order',
    [['PostToolUse', TOOL], ['Stop'], ['PreToolUse', TOOL]],
    ['succeeded'],
  ],
  [
    'has ended: the tool of a subagent',
    [['Stop'], ['PreToolUse', { ...TOOL, agent_id: 'a1' }]],
    ['succeeded'],
  ],
  [
    'has failed',
    [
      ['StopFailure', { error: 'x' }],
      ['PreToolUse', TOOL],
    ],
    ['failed'],
  ],
])('a prompt whose stop was blocked %s', async (_what, hooks, statuses) => {
  const session = randomUUID();
  let agent = await call(session, 'UserPromptSubmit', PROMPT);
  for (const [event, rest] of hooks) agent = await call(session, event, rest);
  expect(await runsOf(agent)).toEqual(statuses);
});
