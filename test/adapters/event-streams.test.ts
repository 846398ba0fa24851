/** Recorded sessions of coding agents that print JSON. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EVENT_KINDS } from '../../protocol/events/event.ts';
import type { OutputVerdict, ParsedEvent } from '../../service/adapters/output/output-parser.ts';
import { AutoDetectParser } from '../../service/adapters/output/auto-detect-parser.ts';

function parseOutput(
  text: string,
  pieceChars = text.length,
): { events: ParsedEvent[]; ending: OutputVerdict } {
  const parser = new AutoDetectParser();
  const events: ParsedEvent[] = [];
  for (let at = 0; at < text.length; at += pieceChars) {
    events.push(...parser.parse('stdout', text.slice(at, at + pieceChars)).events);
  }
  const ending = parser.end();
  events.push(...ending.events);
  for (const { type, data } of events) {
    expect(EVENT_KINDS[type].schema.safeParse(data)).toMatchObject({ success: true });
  }
  return { events, ending };
}

const recorded = (name: string) =>
  readFileSync(new URL(`../fixtures/${name}.stream.ndjson`, import.meta.url), 'utf8');

const lines = (...objects: object[]) =>
  objects.map((object) => `${JSON.stringify(object)}\n`).join('');

const INIT = { type: 'system', subtype: 'init', session_id: 's' };
const typesOf = (events: readonly ParsedEvent[]) => events.map(({ type }) => type);

const CALL = ['tool.started', 'run.progress'];
const END = ['message.added', 'usage.reported'];

test.each([
  ['claude-code/p-default', [...CALL, 'tool.failed', ...END]],
  ['claude-code/p-pre-deny', [...CALL, 'tool.failed', ...END]],
  ['claude-code/p-allowed', [...CALL, 'tool.completed', ...END]],
  ['claude-code/p-pre-allow', [...CALL, 'tool.completed', ...END]],
  ['codex/exec-command', ['error.reported', ...CALL, 'tool.completed', ...END]],
])('%s, whole and in pieces of 7 characters', (name, types) => {
  const text = recorded(name);
  const whole = parseOutput(text);
  expect(typesOf(whole.events)).toEqual(types);
  expect(whole.ending).toMatchObject({ failed: false, message: 'All done.' });
  const { ending, events } = parseOutput(text, 7);
  expect(events).toEqual(whole.events);
  expect(ending).toMatchObject({ failed: false, message: 'All done.' });
});

test('Claude Code: tokens of subagents are in, costs are the run’s', () => {
  const { events } = parseOutput(
    lines(INIT, {
      type: 'result',
      subtype: 'success',
      is_error: false,
      result: 'ok',
      total_cost_usd: 0.5,
      usage: { input_tokens: 1, output_tokens: 1 },
      modelUsage: {
        big: { inputTokens: 100, outputTokens: 10, costUSD: 0.4 },
        small: { inputTokens: 20, outputTokens: 5, costUSD: 0.1 },
      },
    }),
  );
  const data = { inputTokens: 120, outputTokens: 15, costUsd: 0.5, model: 'big' };
  expect(events).toEqual([{ type: 'usage.reported', data }]);
});

test.each([
  [
    'an error in the words of a success',
    { subtype: 'success', is_error: true, result: 'Not logged in' },
    'Not logged in',
  ],
  [
    'too many turns',
    { subtype: 'error_max_turns', is_error: true },
    'It reached the maximum number of turns',
  ],
  ['errors', { subtype: 'error_during_execution', is_error: true, errors: ['a', 'b'] }, 'a\nb'],
])('Claude Code: %s is a failure', (_name, result, message) => {
  const { ending } = parseOutput(lines(INIT, { type: 'result', ...result }));
  expect(ending.failed).toBe(true);
  expect(ending.message).toContain(message);
});

test('Claude Code: no result is a failure, and a result of a background task does not mend one', () => {
  expect(parseOutput(lines(INIT)).ending).toMatchObject({ failed: true });
  const failed = { type: 'result', subtype: 'error_max_turns', is_error: true };
  const afterwards = { type: 'result', subtype: 'success', origin: { kind: 'task-notification' } };
  expect(parseOutput(lines(INIT, failed, afterwards)).ending).toMatchObject({ failed: true });
});

test('Claude Code: a subagent is a step, which ends once', () => {
  const call = { type: 'tool_use', id: 't1', name: 'Task', input: { description: 'Find it' } };
  const { events } = parseOutput(
    lines(
      INIT,
      { type: 'assistant', message: { content: [call] } },
      { type: 'system', subtype: 'task_started', task_id: 'k', tool_use_id: 't1' },
      {
        type: 'assistant',
        parent_tool_use_id: 't1',
        message: { content: [{ type: 'text', text: 'Looking.' }] },
      },
      {
        type: 'user',
        message: { content: [{ type: 'tool_result', tool_use_id: 't1', content: 'x' }] },
      },
      { type: 'system', subtype: 'task_notification', task_id: 'k', status: 'completed' },
    ),
  );
  const steps = events.filter(({ type }) => type.startsWith('step.'));
  expect(typesOf(steps)).toEqual(['step.started', 'step.progress', 'step.completed']);
  expect(steps[0]).toMatchObject({ data: { name: 'Find it' } });
});

test('Claude Code: its list of what to do is the progress', () => {
  const todos = [
    { content: 'a', status: 'completed' },
    { content: 'b', activeForm: 'Doing b', status: 'in_progress' },
  ];
  const call = { type: 'tool_use', id: 't', name: 'TodoWrite', input: { todos } };
  const { events } = parseOutput(lines(INIT, { type: 'assistant', message: { content: [call] } }));
  const data = { value: 0.5, message: '1 of 2: Doing b' };
  expect(events).toContainEqual({ type: 'run.progress', data });
});

test('Codex: a failed command is no failed run, and a failed turn is', () => {
  const item = {
    id: '1',
    type: 'command_execution',
    command: 'false',
    status: 'failed',
    exit_code: 1,
  };
  const start = { type: 'thread.started', thread_id: 't' };
  const went = parseOutput(
    lines(
      start,
      { type: 'turn.started' },
      { type: 'item.completed', item },
      { type: 'turn.completed', usage: {} },
    ),
  );
  expect(typesOf(went.events)).toEqual([...CALL, 'tool.failed']);
  expect(went.ending.failed).toBe(false);
  const error = { message: 'stream disconnected' };
  const failed = parseOutput(
    lines(start, { type: 'turn.started' }, { type: 'turn.failed', error }),
  );
  expect(failed.ending).toMatchObject({ failed: true, message: 'stream disconnected' });
});

test('what is unknown is passed over, and what is nested absurdly deep', () => {
  const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}\n`;
  const { events } = parseOutput(
    lines(INIT, { type: 'hologram' }, { type: 'assistant', message: 7 }, { type: 'user' }) + deep,
  );
  expect(events).toEqual([]);
});

test('JSON of other programs is nothing but output', () => {
  const { events, ending } = parseOutput(
    lines({ type: 'system' }, { type: 'result', is_error: true }),
  );
  expect({ events, ending }).toEqual({ events: [], ending: { events: [], shown: '' } });
});

const DONE = { type: 'result', subtype: 'success', is_error: false, result: 'Done.' };
const CLAUDE = lines(INIT, { ...DONE, session_id: 's' });
const FAILED = lines(INIT, { type: 'result', subtype: 'success', is_error: true, result: 'No.' });
const CODEX = lines(
  { type: 'thread.started', thread_id: 't' },
  { type: 'turn.started' },
  { type: 'turn.completed', usage: {} },
);
const DROID = lines(
  { type: 'system', subtype: 'init', cwd: '/r', session_id: 'a' },
  { type: 'message', role: 'assistant', id: 'm', text: 'Done.', session_id: 'a' },
  { type: 'completion', finalText: 'Done.', numTurns: 1, session_id: 'a' },
);
const TESTS = 'Tests:       3 failed, 2 passed, 5 total\n';
const LOG = lines({ level: 'info', msg: 'hello' }, { type: 'request', url: '/' });

describe('plain output around the stream of an agent', () => {
  /** The output, what is shown of it, whether it has failed regardless of the exit code, and the message. */
  test.each<[string, string, string, boolean | undefined, string | undefined]>([
    ['before', TESTS + CLAUDE, TESTS, false, '3 failed, 2 passed'],
    ['after', CLAUDE + TESTS, TESTS, false, '3 failed, 2 passed'],
    ['between two', CLAUDE + TESTS + CODEX, TESTS, false, '3 failed, 2 passed'],
    ['without results', `hello\n${CLAUDE}bye\n`, 'hello\nbye\n', false, 'Done.'],
    ['without a line end', `${CLAUDE}bye`, 'bye', false, 'Done.'],
    ['JSON of another program', CLAUDE + LOG, LOG, false, 'Done.'],
    ['of an agent that failed', FAILED + TESTS + CODEX, TESTS, true, 'No.'],
    ['of a second agent that failed', CLAUDE + TESTS + FAILED, TESTS, true, 'No.'],
    ['that is a stream of another agent', DROID, DROID, undefined, undefined],
    ['that is a stream of another agent, behind ours', CLAUDE + DROID, DROID, false, 'Done.'],
    [
      'and tests after a stream of another agent',
      DROID + TESTS,
      DROID + TESTS,
      undefined,
      '3 failed, 2 passed',
    ],
  ])('%s', (_what, text, shown, failed, message) => {
    for (const chars of [text.length, 1, 7, 64]) {
      const parser = new AutoDetectParser();
      let output = '';
      for (let at = 0; at < text.length; at += chars) {
        output += parser.parse('stdout', text.slice(at, at + chars)).shown;
      }
      const ending = parser.end();
      expect(output + ending.shown).toBe(shown);
      expect([ending.failed, ending.message]).toEqual([failed, message]);
    }
  });

  test('whatever is printed, nothing but lines of a stream is taken out', () => {
    const line = fc.constantFrom(
      'x\n',
      '{\n',
      '{}\n',
      '\n',
      '{"a":1}\n',
      '{"type":"x"}\n',
      ' {\n',
      'é',
    );
    fc.assert(
      fc.property(
        fc.array(line),
        fc.array(line),
        fc.integer({ min: 1, max: 20 }),
        (a, b, chars) => {
          const before = a.length === 0 ? '' : `${a.join('')}\n`;
          const text = before + CLAUDE + b.join('');
          const parser = new AutoDetectParser();
          let output = '';
          for (let at = 0; at < text.length; at += chars) {
            output += parser.parse('stdout', text.slice(at, at + chars)).shown;
          }
          expect(output + parser.end().shown).toBe(before + b.join(''));
        },
      ),
    );
  });
});
