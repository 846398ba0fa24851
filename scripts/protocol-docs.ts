/**
 * `npm run docs`: generates the tables of docs/protocol.md from the schemas that validate every request.
 *
 * The text between `<!-- begin:name -->` and `<!-- end:name -->` is generated; the rest is written by hand.
 */
import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { isDetail } from '../protocol/events/detail.ts';
import type { EventType } from '../protocol/events/event.ts';
import { EVENT_KINDS } from '../protocol/events/event.ts';
import type { EventKind } from '../protocol/events/kind.ts';
import { PROBLEMS } from '../protocol/wire/problem.ts';
import { BYE_REASONS, helloSchema, SNAPSHOT_REASONS } from '../protocol/wire/messages.ts';
import { pathOf } from '../service/http/openapi/openapi.ts';
import { ROUTES } from '../service/http/routes/routes.ts';

const FILE = 'docs/protocol.md';

/**
 * Replaces the generated sections of the page.
 *
 * @throws Error if a marker is missing.
 */
export function fillProtocolDocs(text: string): string {
  const sections = {
    messages: messagesText(),
    routes: routesText(),
    problems: problemsText(),
    types: typesText(),
    events: eventsText(),
  };
  return Object.entries(sections).reduce((filled, [name, content]) => {
    const pattern = new RegExp(`(<!-- begin:${name} -->\n)[\\s\\S]*(<!-- end:${name} -->)`);
    if (!pattern.test(filled)) throw new Error(`${FILE} has no markers for the section "${name}".`);
    return filled.replace(
      pattern,
      (_all, begin: string, end: string) => `${begin}\n${content}\n${end}`,
    );
  }, text);
}

const TYPES = Object.keys(EVENT_KINDS) as EventType[];

function messagesText(): string {
  const hello = z.toJSONSchema(helloSchema, { io: 'input' }) as JsonSchema;
  return [
    '`hello` is the first message of every stream.',
    table(['field', 'type', ''], fieldsOf(hello)),
    '`time` is the clock of the service. `resumed` is `true` if the stream continues directly after your cursor. `generation` is the number of the connection; only the command stream of a runner has it.',
    '`snapshot` is the current state: `{cursor, reason, time, fleet}`. Its reasons:',
    table(['reason', ''], reasonRows(SNAPSHOT_REASONS)),
    '`bye` is the last message before the service closes a stream on purpose: `{reason, retryMs}`. Wait for `retryMs` before you reconnect. The value differs between clients, so that they do not all reconnect at once. Its reasons:',
    table(['reason', ''], reasonRows(BYE_REASONS)),
  ].join('\n\n');
}

function reasonRows(reasons: Readonly<Record<string, string>>): string[] {
  return Object.entries(reasons).map(([reason, meaning]) => row([`\`${reason}\``, meaning]));
}

function routesText(): string {
  const rows = ROUTES.map((route) =>
    row([
      `\`${route.method} ${pathOf(route)}\``,
      route.summary,
      route.scopes.join(' or ') || (route.signer ? 'signature' : 'no token'),
    ]),
  );
  return [
    table(['route', '', 'scope'], rows),
    'A token with the scope `admin` may call every route.',
  ].join('\n\n');
}

function typesText(): string {
  const rows = TYPES.map((type) => {
    const anchor = type.replaceAll('.', '');
    return row([`[\`${type}\`](#${anchor})`, EVENT_KINDS[type].summary]);
  });
  return table(['type', ''], rows);
}

function eventsText(): string {
  return TYPES.map((type) => eventText(type, EVENT_KINDS[type])).join('\n\n');
}

function eventText(type: EventType, { summary, schema, from, run, example }: EventKind): string {
  const facts = [
    from === 'runner' ? 'reported' : 'written by the service',
    run && 'needs `run`',
    isDetail(type) && 'detail: only on streams that request it',
  ].filter(Boolean);
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const rows = fieldsOf(json);
  return [
    `### \`${type}\``,
    `${summary} *${facts.join('; ')}.*`,
    rows.length === 0 ? '`data` is empty.' : table(['field', 'type', ''], rows),
    `\`\`\`json\n${JSON.stringify({ type, data: example })}\n\`\`\``,
  ].join('\n\n');
}

/** The subset of JSON Schema that zod generates from our schemas. */
interface JsonSchema {
  readonly type?: string;
  readonly const?: string;
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
    const nested = field.properties ? fieldsOf(field, `${path}.`) : [];
    const nestedItems = field.items?.properties ? fieldsOf(field.items, `${path}[].`) : [];
    return [row([`\`${path}\``, typeOf(field), need]), ...nested, ...nestedItems];
  });
}

function typeOf(field: JsonSchema): string {
  if (field.const !== undefined) return `\`${field.const}\``;
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
  const rows = Object.entries(PROBLEMS).map(([type, [status, title]]) =>
    row([`\`${type}\``, String(status), title]),
  );
  return table(['type', 'status', ''], rows);
}

function table(heads: readonly string[], rows: readonly string[]): string {
  return [row(heads), row(heads.map(() => '---')), ...rows].join('\n');
}

function row(cells: readonly string[]): string {
  return `|${cells.map((cell) => (cell === '' ? ' |' : ` ${cell} |`)).join('')}`;
}

if (import.meta.main) await writeFile(FILE, fillProtocolDocs(await readFile(FILE, 'utf8')));
