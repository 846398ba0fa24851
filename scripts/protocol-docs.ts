/**
 * `npm run docs`: fills the tables of docs/protocol.md from the schemas that check every request.
 *
 * What stands between `<!-- begin:name -->` and `<!-- end:name -->` is made here; the rest is written by hand.
 */
import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { isDetail } from '../protocol/detail.ts';
import type { EventType } from '../protocol/event.ts';
import { EVENT_KINDS } from '../protocol/event.ts';
import type { EventKind } from '../protocol/event-kind.ts';
import { PROBLEMS } from '../protocol/problem.ts';

const FILE = 'docs/protocol.md';

/** @throws Error when a marker is missing. */
export function fillProtocolDocs(text: string): string {
  const sections = { events: eventsText(), problems: problemsText() };
  return Object.entries(sections).reduce((filled, [name, content]) => {
    const pattern = new RegExp(`(<!-- begin:${name} -->\n)[\\s\\S]*(<!-- end:${name} -->)`);
    if (!pattern.test(filled)) throw new Error(`${FILE} has no place for ${name}.`);
    return filled.replace(
      pattern,
      (_all, begin: string, end: string) => `${begin}\n${content}\n${end}`,
    );
  }, text);
}

function eventsText(): string {
  const types = Object.keys(EVENT_KINDS) as EventType[];
  return types.map((type) => eventText(type, EVENT_KINDS[type])).join('\n\n');
}

function eventText(type: EventType, { summary, schema, from, run, example }: EventKind): string {
  const facts = [
    from === 'runner' ? 'reported' : 'written by the service',
    run && 'needs `run`',
    isDetail(type) && 'detail: only on streams that ask for it',
  ].filter(Boolean);
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const rows = fieldsOf(json);
  const table =
    rows.length === 0
      ? '`data` is empty.'
      : ['| field | type | |', '| --- | --- | --- |', ...rows].join('\n');
  return [
    `### \`${type}\``,
    `${summary} *${facts.join('; ')}.*`,
    table,
    `\`\`\`json\n${JSON.stringify({ type, data: example })}\n\`\`\``,
  ].join('\n\n');
}

/** The part of JSON Schema that our schemas become. */
interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = prefix + name;
    const need = required.includes(name) ? '' : 'optional';
    const row = `| \`${path}\` | ${typeOf(field)} | ${need} |`;
    const inner = field.items?.properties ? fieldsOf(field.items, `${path}[].`) : [];
    return [row, ...inner];
  });
}

function typeOf(field: JsonSchema): string {
  if (field.enum) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field.type === 'array') {
    const inner = field.items ?? {};
    const what = inner.properties ? 'objects' : inner.prefixItems ? 'pairs' : `of ${typeOf(inner)}`;
    return field.maxItems === undefined
      ? `array, ${what}`
      : `array, ${what}, at most ${field.maxItems}`;
  }
  if (field.type === 'string') return stringType(field);
  if (field.type === 'number' || field.type === 'integer') return numberType(field);
  return field.type ?? 'any';
}

function stringType({ format, minLength, maxLength, pattern }: JsonSchema): string {
  if (format === 'date-time') return 'time (ISO 8601, UTC)';
  if (format === 'uri') return 'URL';
  if (maxLength !== undefined) return `string, ${minLength ?? 0}–${maxLength} characters`;
  return pattern === undefined ? 'string' : `string, \`${pattern.replaceAll('|', '\\|')}\``;
}

function numberType({ type, minimum, maximum }: JsonSchema): string {
  const name = type === 'integer' ? 'integer' : 'number';
  const isAny = (bound: number | undefined) =>
    bound === undefined || Math.abs(bound) >= 2 ** 53 - 1;
  if (!isAny(minimum) && !isAny(maximum)) return `${name}, ${minimum}–${maximum}`;
  return isAny(minimum) ? name : `${name}, at least ${minimum}`;
}

function problemsText(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([type, [status, title]]) => `| \`${type}\` | ${status} | ${title} |`,
  );
  return ['| type | status | |', '| --- | --- | --- |', ...rows].join('\n');
}

if (import.meta.main) await writeFile(FILE, fillProtocolDocs(await readFile(FILE, 'utf8')));
