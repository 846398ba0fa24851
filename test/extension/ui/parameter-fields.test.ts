import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fieldsOf,
  InvalidJsonError,
  readParameters,
} from '../../../extension/ui/form/parameter-fields.ts';

const PARAMETERS = {
  type: 'object' as const,
  properties: {
    environment: { enum: ['staging', 'production'], title: 'Where to' },
    retries: { type: 'integer', minimum: 0, maximum: 5, default: 2 },
    dryRun: { type: 'boolean' },
    grep: { type: 'string', description: 'Only tests with this in their name' },
    matrix: { type: 'array', items: { type: 'string' } },
    level: { enum: [1, 2, null] },
  },
  required: ['environment'],
};

test('each property becomes a field of its type', () => {
  expect(fieldsOf(PARAMETERS)).toMatchObject([
    { name: 'environment', label: 'Where to', kind: 'choice', isRequired: true },
    { name: 'retries', label: 'retries', kind: 'integer', min: 0, max: 5, initial: '2' },
    { name: 'dryRun', kind: 'flag', isRequired: false },
    { name: 'grep', kind: 'text', hint: 'Only tests with this in their name' },
    { name: 'matrix', kind: 'json' },
    { name: 'level', kind: 'choice', options: ['1', '2', 'null'] },
  ]);
});

test('filled-in fields become values of the right types, and empty ones are left out', () => {
  const filled = {
    environment: 'staging',
    retries: '3',
    dryRun: 'false',
    grep: '',
    matrix: '["a"]',
    level: 'null',
  };
  expect(readParameters(fieldsOf(PARAMETERS), filled)).toEqual({
    environment: 'staging',
    retries: 3,
    dryRun: false,
    matrix: ['a'],
    level: null,
  });
});

test('invalid JSON is an error that names its field', () => {
  expect(() => readParameters(fieldsOf(PARAMETERS), { matrix: '[' })).toThrow(InvalidJsonError);
  expect(() => readParameters(fieldsOf(PARAMETERS), { matrix: '[' })).toThrow('"matrix"');
});

test('any schema gives a form', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (properties) => {
      const parameters = { type: 'object' as const, properties };
      for (const { label, kind } of fieldsOf(parameters)) {
        expect(label.length).toBeLessThanOrEqual(80);
        expect(['text', 'number', 'integer', 'flag', 'choice', 'json']).toContain(kind);
      }
    }),
  );
});
