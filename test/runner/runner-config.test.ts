import { expect, test } from 'vitest';
import {
  parseRunnerConfig,
  RunnerConfigError,
  readRunnerConfig,
} from '../../service/runner/host/runner-config.ts';

const MORE = { prompt: true, tags: ['web'], maxConcurrentRuns: 2 };
const FILE = '/project/agentlight.config.json';
const parse = (agents: unknown, more: object = {}) =>
  parseRunnerConfig(JSON.stringify({ agents, ...more }), FILE);

test('reads an agent with its defaults; folders are relative to the file', () => {
  const { agents } = parse({
    tests: { name: 'Tests', command: ['npm', 'test'] },
    web: {
      name: 'Web',
      command: ['x'],
      cwd: 'packages/web',
      format: 'ndjson',
      plainOutput: true,
      env: { CI: '1' },
      timeoutMs: 1_000,
      ...MORE,
    },
  });
  expect(agents).toEqual([
    {
      id: 'tests',
      profile: { name: 'Tests' },
      takesPrompt: false,
      command: ['npm', 'test'],
      cwd: '/project',
      format: 'auto',
      plainOutput: false,
      env: {},
    },
    {
      id: 'web',
      profile: { name: 'Web', tags: ['web'], maxConcurrentRuns: 2 },
      takesPrompt: true,
      command: ['x'],
      cwd: '/project/packages/web',
      format: 'ndjson',
      plainOutput: true,
      env: { CI: '1' },
      timeoutMs: 1_000,
    },
  ]);
});

test.each([
  [{}, 'agents must have at least one agent'],
  [[], 'agents must be an object of agents by their id'],
  [{ 'A b': { name: 'x', command: ['x'] } }, 'agents.A b must be 1 to 63 of a-z'],
  [{ a: { command: ['x'] } }, 'agents.a.name must be text'],
  [{ a: { name: '', command: ['x'] } }, 'agents.a.name must not be empty'],
  [{ a: { name: 'a\u202e', command: ['x'] } }, 'agents.a.name must have no control or invisible'],
  [
    { a: { name: 'a', command: 'npm test' } },
    'agents.a.command must be a list such as ["npm", "test"]',
  ],
  [{ a: { name: 'a', command: [] } }, 'agents.a.command must name a program'],
  [{ a: { name: 'a', command: ['x', 1] } }, 'agents.a.command.1 must be text'],
  [{ a: { name: 'a', command: ['x'], timeoutMs: 0 } }, 'agents.a.timeoutMs must be at least 1'],
  [{ a: { name: 'a', command: ['x'], timeoutMs: 3e9 } }, 'agents.a.timeoutMs is too long'],
  [{ a: { name: 'a', command: ['x'], env: { A: 1 } } }, 'agents.a.env.A must be text'],
  [{ a: { name: 'a', comand: ['x'] } }, 'agents.a must not have "comand"; valid keys are name,'],
])('refuses %j and says where and what to do', (agents, message) => {
  expect(() => parse(agents)).toThrow(RunnerConfigError);
  expect(() => parse(agents)).toThrow(message);
});

test('refuses what it does not know at the top, and what is not JSON', () => {
  const agents = { a: { name: 'a', command: ['x'] } };
  expect(() => parse(agents, { agent: {} })).toThrow('the whole file must not have "agent"');
  expect(() => parseRunnerConfig('[]', FILE)).toThrow(
    'the whole file must be an object with "agents"',
  );
  expect(() => parseRunnerConfig('{', FILE)).toThrow(`${FILE} is not valid JSON`);
});

test('a missing file says how to make one', async () => {
  await expect(readRunnerConfig('/nowhere/agentlight.config.json')).rejects.toThrow(
    'There is no /nowhere/agentlight.config.json. Create one such as {"agents"',
  );
});

test("the repository's own configuration is valid", async () => {
  const file = new URL('../../agentlight.config.json', import.meta.url).pathname;
  const { agents } = await readRunnerConfig(file);
  expect(agents.map(({ id }) => id)).toEqual(['unit-tests', 'types', 'countdown', 'always-fails']);
});
