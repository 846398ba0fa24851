/** The file that AGENTLIGHT_NOTIFY names: whom to tell of what. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod/mini';
import { ConfigError } from '../config.ts';
import { NOTICE_TYPES } from './notice.ts';

const MOST_TARGETS = 20;
const MOST_RULES = 100;

const name = z
  .string('must be text')
  .check(z.regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9, "_" or "-"'));

/** A web address without user and password, which belong into a token. */
const url = z
  .string('must be an address such as https://example.com/hook')
  .check(z.refine(isWebAddress, 'must be an http or https address without user and password'));

const secret = z
  .string('must be text')
  .check(
    z.refine(
      (text) => secretKey(text) !== undefined,
      'must be "whsec_" and the base64 of 24 to 64 bytes; make one with: echo "whsec_$(openssl rand -base64 32)"',
    ),
  );

const token = z
  .string('must be text')
  .check(z.regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters'));

const targetSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject(
      { type: z.literal('webhook'), url, secret },
      { error: knowsOnly('type, url, secret') },
    ),
    z.strictObject(
      {
        type: z.literal('ntfy'),
        /** Of the topic. */
        url,
        /** For topics that are protected. */
        token: z.optional(token),
      },
      { error: knowsOnly('type, url, token') },
    ),
    z.strictObject({ type: z.literal('slack'), url }, { error: knowsOnly('type, url') }),
  ],
  'must have a "type" of webhook, ntfy or slack',
);
export type NotifyTarget = z.infer<typeof targetSchema>;

const someOf = <T extends z.ZodMiniType>(item: T) =>
  z.array(item, 'must be a list').check(z.minLength(1, 'must not be empty'), z.maxLength(100));

const ruleSchema = z.strictObject(
  {
    on: someOf(z.enum(NOTICE_TYPES, `must be one of ${NOTICE_TYPES.join(', ')}`)),
    /** Ids of agents; `*` stands for any characters, `?` for one. Default: all. */
    agents: z.optional(
      someOf(z.string('must be text').check(z.minLength(1), z.maxLength(100, 'is too long'))),
    ),
    /** Agents that have one of these tags. Default: all. */
    tags: z.optional(someOf(z.string('must be text'))),
    /** Of a run that ended. Default 0. */
    minDurationMs: z.optional(
      z.int('must be a whole number of milliseconds').check(z.minimum(0, 'must not be negative')),
    ),
    /** Not while a browser follows the service. Default true. */
    onlyWhenNoBrowser: z.optional(z.boolean('must be true or false')),
    /** Name of a target. */
    to: name,
  },
  { error: knowsOnly('on, agents, tags, minDurationMs, onlyWhenNoBrowser, to') },
);
export type NotifyRule = z.infer<typeof ruleSchema>;

const fileSchema = z.strictObject(
  {
    $schema: z.optional(z.string()),
    /** Where a notification leads; `{agent}` and `{run}` stand for their ids. Default: nowhere. */
    link: z.optional(
      url.check(
        // what is filled in there could be no name of a host
        z.refine(
          (text) => !/[{}]/.test(URL.parse(text)?.host ?? ''),
          'must have {agent} and {run} behind the name of the host',
        ),
      ),
    ),
    targets: z
      .record(name, targetSchema, 'must be an object of targets by their name')
      .check(z.refine((all) => Object.keys(all).length <= MOST_TARGETS, 'are too many')),
    rules: z.array(ruleSchema, 'must be a list').check(z.maxLength(MOST_RULES, 'are too many')),
  },
  { error: knowsOnly('link, targets, rules') },
);
export type NotifyConfig = z.infer<typeof fileSchema>;

/** @throws ConfigError that names the file, the place in it and what is expected; never a value, which may be a secret. */
export async function readNotifyConfig(path: string): Promise<NotifyConfig> {
  const file = resolve(path);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`AGENTLIGHT_NOTIFY: can't read ${file} (${error.code}).`);
  });
  return parseNotifyConfig(text, file);
}

/** @param file for messages. @throws ConfigError. */
export function parseNotifyConfig(text: string, file: string): NotifyConfig {
  const refuse = (what: string): never => {
    throw new ConfigError(`AGENTLIGHT_NOTIFY: ${file}: ${what}.`);
  };
  const checked = fileSchema.safeParse(parseJson(text) ?? refuse('is not valid JSON'));
  if (!checked.success) {
    const problems = checked.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'the whole file'} ${message}`,
    );
    return refuse(problems.slice(0, 5).join('; '));
  }
  const { targets, rules } = checked.data;
  for (const [index, { to }] of rules.entries()) {
    if (!Object.hasOwn(targets, to)) refuse(`rules.${index}.to names no target`);
  }
  return checked.data;
}

/** The bytes of a secret as Standard Webhooks writes it; undefined if it is none. */
export function secretKey(text: string): Buffer | undefined {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}

/** The message of a SyntaxError quotes the text, in which there are secrets. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isWebAddress(text: string): boolean {
  const parsed = URL.parse(text);
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') return false;
  return parsed.username === '' && parsed.password === '';
}

function knowsOnly(keys: string) {
  return (issue: z.core.$ZodRawIssue): string => {
    if (issue.code !== 'unrecognized_keys') return `must be an object with ${keys}`;
    const unknown = issue.keys.map((key) => `"${key}"`).join(', ');
    return `must not have ${unknown}; it knows ${keys}`;
  };
}
