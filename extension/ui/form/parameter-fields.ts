/** Fields of a form from the JSON Schema of an agent's parameters. Pure; what has no field of its own is JSON text. */
import type { Agent } from '../../../protocol/fleet/fleet.ts';
import { plainText } from '../../shared/plain-text.ts';

export interface ParameterField {
  readonly name: string;
  readonly label: string;
  readonly hint: string | undefined;
  readonly kind: 'text' | 'number' | 'integer' | 'flag' | 'choice' | 'json';
  /** Of a choice, as they are shown; their values are `values` at the same place. */
  readonly options: readonly string[];
  readonly values: readonly unknown[];
  readonly isRequired: boolean;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** As it stands in the form at first. */
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

/** The parameters that the filled-in form means; an empty field is left out. @throws SyntaxError for bad JSON. */
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

function valueOf({ kind, options, values }: ParameterField, text: string): unknown {
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
      return JSON.parse(text);
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
