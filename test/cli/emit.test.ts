import { expect, test } from 'vitest';
import { parseEmitArguments } from '../../service/cli/inside-run/emit.ts';

test.each<[string, object]>([
  ['progress 0.4 epoch 3', { type: 'run.progress', data: { value: 0.4, message: 'epoch 3' } }],
  ['progress 40%', { type: 'run.progress', data: { value: 0.4 } }],
  ['phase linking it all', { type: 'run.phase', data: { name: 'linking it all' } }],
  [
    'step start build --name Build --parent all',
    { type: 'step.started', data: { step: 'build', name: 'Build', parent: 'all' } },
  ],
  ['step progress build 50%', { type: 'step.progress', data: { step: 'build', value: 0.5 } }],
  ['step done build', { type: 'step.completed', data: { step: 'build' } }],
  ['step fail build --message no', { type: 'step.failed', data: { step: 'build', message: 'no' } }],
  ['step skip build', { type: 'step.skipped', data: { step: 'build' } }],
  [
    'metric val/loss -0.5 --step 12 --objective min',
    {
      type: 'metric.reported',
      data: { name: 'val/loss', value: -0.5, step: 12, objective: 'min' },
    },
  ],
  ['artifact a.html', { type: 'artifact.created', data: { name: 'a.html' } }],
  [
    'message all is well',
    { type: 'message.added', data: { role: 'assistant', text: 'all is well' } },
  ],
  [
    'cost --usd 0.42 --input-tokens 1800',
    { type: 'usage.reported', data: { costUsd: 0.42, inputTokens: 1800 } },
  ],
  ['error oh no', { type: 'error.reported', data: { message: 'oh no' } }],
])('%s', (line, expected) => {
  expect(parseEmitArguments(line.split(' '))).toEqual(expected);
});

test.each([
  ['', 'The kind of event is missing.'],
  ['dance', 'There is no kind of event "dance".'],
  ['progress', 'A number is missing.'],
  ['progress 1.4', 'it must be from 0 to 1'],
  ['progress half', '"half" is not a number.'],
  ['step start', 'The id of the step is missing.'],
  ['step begin x', 'A step has start'],
  ['metric loss', 'A number is missing.'],
  ['phase --color red', "Unknown option '--color'"],
])('"%s" is refused', (line, message) => {
  expect(() => parseEmitArguments(line === '' ? [] : line.split(' '))).toThrow(message);
});
