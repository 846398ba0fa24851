/** Form fields for the JSON Schema of an agent's parameters. Types without a field of their own are edited as JSON. Pure. */
import type { Agent } from '../../../protocol/fleet/fleet.ts';
import { plainText } from '../../shared/plain-text.ts';

export interface ParameterField {
  readonly name: string;
  readonly label: string;
  readonly hint: string | undefined;
  readonly kind: 'text' | 'number' | 'integer' | 'flag' | 'choice' | 'json';
  /** Labels of a choice; `values` has their values in the same order. */
  readonly options: readonly string[];
  readonly values: readonly unknown[];
  readonly isRequired: boolean;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Initial text of the field. */
  readonly initial: string;
}

const LABEL_CHARS = 80;
const HINT_CHARS = 200;
const MAX_FIELDS = 40;

export function fieldsOf(parameters: Agent['parameters']): readonly ParameterField[] {
  const properties = asRecord(parameters?.['properties']);
  const required = Array.isArray(parameters?.['required']) ? parameters['required'] : [];
  return Object.entries(properties)
    .slice(0, MAX_FIELDS)
    .map(([name, schema]) => fieldOf(name, asRecord(schema), required.includes(name)));
}

function fieldOf(
  name: string,
  schema: Readonly<Record<string, unknown>>,
  isRequired: boolean,
): ParameterField {
  const { title, description, type, minimum, maximum } = schema;
  const values = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : [];
  const initial = schema['default'];
  const text = (value: unknown, maxChars: number) =>
    typeof value === 'string' ? plainText(value, maxChars) : undefined;
  const kind = values.length > 0 ? 'choice' : (KINDS[String(type)] ?? 'json');
  return {
    name,
    label: text(title, LABEL_CHARS) || plainText(name, LABEL_CHARS),
    hint: text(description, HINT_CHARS),
    kind,
    options: values.map(shown),
    values,
    isRequired,
    min: typeof minimum === 'number' ? minimum : undefined,
    max: typeof maximum === 'number' ? maximum : undefined,
    initial: initial === undefined ? '' : shown(initial),
  };
}

const KINDS: Readonly<Record<string, ParameterField['kind']>> = {
  string: 'text',
  number: 'number',
  integer: 'integer',
  boolean: 'flag',
};

/** A field whose text is not valid JSON. */
export class InvalidJsonError extends Error {
  readonly field: ParameterField;

  constructor(field: ParameterField, cause: unknown) {
    super(`The field "${field.name}" is not valid JSON.`, { cause });
    this.field = field;
  }
}

/** The parameters of a filled-in form. Empty fields are left out. @throws InvalidJsonError for a field of kind `json`. */
export function readParameters(
  fields: readonly ParameterField[],
  filled: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const entries = fields.flatMap((field): [string, unknown][] => {
    const text = filled[field.name] ?? '';
    if (text === '') return [];
    return [[field.name, valueOf(field, text)]];
  });
  return Object.fromEntries(entries);
}

function valueOf(field: ParameterField, text: string): unknown {
  const { kind, options, values } = field;
  switch (kind) {
    case 'text':
      return text;
    case 'number':
    case 'integer':
      return Number(text);
    case 'flag':
      return text === 'true';
    case 'choice':
      return values[options.indexOf(text)];
    case 'json':
      try {
        return JSON.parse(text);
      } catch (error) {
        throw new InvalidJsonError(field, error);
      }
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
