/** Wrapped commands whose output is parsed. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startCommandLine } from '../../support/command-line.ts';
import { startTestService } from '../../support/test-service.ts';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../fixtures/${name}.stream.ndjson`, import.meta.url));

async function runOf(command: readonly string[], options: readonly string[] = []) {
  const service = await startTestService();
  const line = startCommandLine(
    ['run', '--id', 'wrapped', ...options, '--', ...command],
    service.env,
  );
  const { exitCode } = await line.ended;
  const agent = await service.agent('wrapped');
  const run = await service.run(agent?.lastRun ?? '');
  return { exitCode, line, run, output: await service.output(run.id) };
}

test.each([
  ['claude-code/p-allowed', { usage: { costUsd: 0.00035 } }],
  ['codex/exec-command', { usage: { inputTokens: 200, outputTokens: 20 } }],
])('%s is shown as what the agent did, and printed as it was', async (name, expected) => {
  const { run, line, output } = await runOf(['cat', fixture(name)]);
  expect(run).toMatchObject({ status: 'succeeded', message: 'All done.', ...expected });
  expect(line.stdout()).toBe(readFileSync(fixture(name), 'utf8'));
  expect(output).toBe('');
});

test('an agent that says that it failed has failed, with the exit code that it had', async () => {
  const said = [
    { type: 'system', subtype: 'init', session_id: 's' },
    { type: 'result', subtype: 'success', is_error: true, result: 'Invalid API key' },
  ];
  const text = said.map((line) => JSON.stringify(line)).join('\n');
  const { exitCode, run } = await runOf(['echo', text]);
  expect(exitCode).toBe(0);
  expect(run).toMatchObject({ status: 'failed', message: 'Invalid API key' });
});

test('a test program’s plan is the progress, its counts are the outcome', async () => {
  const tap = '1..4\nok 1 - a\nok 2 - b\nnot ok 3 - c\nok 4 - d\n';
  const { run, output } = await runOf([
    'sh',
    '-c',
    `printf '${tap.replaceAll('\n', '\\n')}'; exit 1`,
  ]);
  expect(run).toMatchObject({ status: 'failed', progress: { value: 1 } });
  expect(run.message?.split('\n')[0]).toBe('1 failed, 3 passed');
  expect(output).toBe(tap);
});

test('lines of our own events are taken as such, and what is none is output', async () => {
  const events = [
    'hello',
    '{"type":"run.progress","data":{"value":0.25}}',
    '{"type":"metric.reported","data":{"name":"loss","value":0.5}}',
    '{"type":"run.succeeded","data":{}}',
    '{"level":"info"}',
  ];
  const { run, output, line } = await runOf(['printf', '%s\\n', ...events], ['--format', 'ndjson']);
  expect(run).toMatchObject({
    status: 'succeeded',
    progress: { value: 0.25 },
    metrics: { loss: { value: 0.5 } },
  });
  expect(line.stdout()).toBe(`${events.join('\n')}\n`);
  expect(output.split('\n')).toEqual([
    'hello',
    '{"type":"run.succeeded","data":{}}',
    '[agentlight] A command can\'t report "run.succeeded" for its own run.',
    '{"level":"info"}',
    '',
  ]);
});
