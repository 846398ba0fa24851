/** The service's description of itself, and whether something fits a schema in it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Validator } from '@hyperjump/json-schema/openapi-3-1';
import { setShouldValidateFormat, validate } from '@hyperjump/json-schema/openapi-3-1';

type Json = Parameters<Validator>[0];

export interface Described {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly object[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content }>
  >;
}

type Content = Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>>;

export interface Description {
  readonly document: Described;
  /** What is wrong with `value`, by a schema at a place in the document; empty when nothing is. */
  faultsOf(value: unknown, ...place: readonly (string | number)[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

setShouldValidateFormat(true);

export async function openDescription(document: Described): Promise<Description> {
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-test-'));
  // the ending tells the validator what it is
  const file = join(dir, 'agentlight.openapi.json');
  await writeFile(file, JSON.stringify(document));
  return {
    document,
    async faultsOf(value, ...place) {
      const pointer = place.map((part) => `/${escapePart(String(part))}`).join('');
      return faults(`${pathToFileURL(file).href}#${pointer}`, value);
    },
    close: () => rm(dir, { recursive: true }),
  };
}

/** By the rules of OpenAPI 3.1 itself, with the schemas in it checked as well. */
export function faultsOfDocument(document: Described): Promise<readonly string[]> {
  return faults('https://spec.openapis.org/oas/3.1/schema-base', document);
}

/** By URL of the schema: to compile one takes far longer than to use it. */
const validators = new Map<string, Promise<Validator>>();

async function faults(schema: string, value: unknown): Promise<readonly string[]> {
  const validator = validators.get(schema) ?? validate(schema);
  validators.set(schema, validator);
  const output = (await validator)(value as Json, 'BASIC');
  if (output.valid) return [];
  const errors = output.errors ?? [];
  return errors.map(({ instanceLocation, absoluteKeywordLocation }) =>
    [instanceLocation, absoluteKeywordLocation].join(' against '),
  );
}

/** RFC 6901, in the fragment of a URL. */
function escapePart(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
