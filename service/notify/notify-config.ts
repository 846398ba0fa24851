/** Reads and validates the file that AGENTLIGHT_NOTIFY names: targets, and the rules that select events for them. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod/mini';
import { ConfigError } from '../config.ts';
import { NOTICE_TYPES } from './notice.ts';

const MAX_TARGETS = 20;
const MAX_RULES = 100;

const name = z
  .string('must be a string')
  .check(z.regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9, "_" or "-"'));

/** A URL without user and password, which must not be in a URL. */
const url = z
  .string('must be a URL such as https://example.com/hook')
  .check(z.refine(isWebUrl, 'must be an http or https URL without user and password'));

const secret = z
  .string('must be a string')
  .check(
    z.refine(
      (text) => secretKey(text) !== undefined,
      'must be "whsec_" and the base64 of 24 to 64 bytes; generate one with: echo "whsec_$(openssl rand -base64 32)"',
    ),
  );

const token = z
  .string('must be a string')
  .check(z.regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters'));

const targetSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject(
      { type: z.literal('webhook'), url, secret },
      { error: onlyKeys('type, url, secret') },
    ),
    z.strictObject(
      {
        type: z.literal('ntfy'),
        /** URL of the topic. */
        url,
        /** Access token, for a protected topic. */
        token: z.optional(token),
      },
      { error: onlyKeys('type, url, token') },
    ),
    z.strictObject({ type: z.literal('slack'), url }, { error: onlyKeys('type, url') }),
  ],
  'must have a "type" of webhook, ntfy or slack',
);
export type NotifyTarget = z.infer<typeof targetSchema>;

const nonEmptyList = <T extends z.ZodMiniType>(item: T) =>
  z.array(item, 'must be a list').check(z.minLength(1, 'must not be empty'), z.maxLength(100));

const ruleSchema = z.strictObject(
  {
    on: nonEmptyList(z.enum(NOTICE_TYPES, `must be one of ${NOTICE_TYPES.join(', ')}`)),
    /** Patterns for agent ids: `*` matches any characters, `?` matches one. Defaults to all agents. */
    agents: z.optional(
      nonEmptyList(
        z.string('must be a string').check(z.minLength(1), z.maxLength(100, 'is too long')),
      ),
    ),
    /** Only agents with at least one of these tags. Defaults to all agents. */
    tags: z.optional(nonEmptyList(z.string('must be a string'))),
    /** Minimum duration of a run that ended. Defaults to 0. */
    minDurationMs: z.optional(
      z.int('must be a whole number of milliseconds').check(z.minimum(0, 'must not be negative')),
    ),
    /** Do not send while a browser follows the service. Defaults to true. */
    onlyWhenNoBrowser: z.optional(z.boolean('must be true or false')),
    /** Name of a target. */
    to: name,
  },
  { error: onlyKeys('on, agents, tags, minDurationMs, onlyWhenNoBrowser, to') },
);
export type NotifyRule = z.infer<typeof ruleSchema>;

const fileSchema = z.strictObject(
  {
    $schema: z.optional(z.string()),
    /** URL that a notification opens; `{agent}` and `{run}` are replaced by their ids. Defaults to none. */
    link: z.optional(
      url.check(
        // an id is not always valid in a host name
        z.refine(
          (text) => !/[{}]/.test(URL.parse(text)?.host ?? ''),
          'must not have {agent} or {run} in the host name',
        ),
      ),
    ),
    targets: z
      .record(name, targetSchema, 'must be an object with the targets by name')
      .check(
        z.refine(
          (all) => Object.keys(all).length <= MAX_TARGETS,
          `must have at most ${MAX_TARGETS} entries`,
        ),
      ),
    rules: z
      .array(ruleSchema, 'must be a list')
      .check(z.maxLength(MAX_RULES, `must have at most ${MAX_RULES} entries`)),
  },
  { error: onlyKeys('link, targets, rules') },
);
export type NotifyConfig = z.infer<typeof fileSchema>;

/** @throws ConfigError with the file, the field and what is expected; never a value, which may be a secret. */
export async function readNotifyConfig(path: string): Promise<NotifyConfig> {
  const file = resolve(path);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`AGENTLIGHT_NOTIFY: can't read ${file} (${error.code}).`);
  });
  return parseNotifyConfig(text, file);
}

/** @param file the path, for error messages. @throws ConfigError. */
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

/** The bytes of a secret in the notation of Standard Webhooks; undefined if it is not valid. */
export function secretKey(text: string): Buffer | undefined {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}

/** Undefined for invalid JSON: the message of the SyntaxError would quote text that may be secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isWebUrl(text: string): boolean {
  const parsed = URL.parse(text);
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') return false;
  return parsed.username === '' && parsed.password === '';
}

function onlyKeys(keys: string) {
  return (issue: z.core.$ZodRawIssue): string => {
    if (issue.code !== 'unrecognized_keys') return `must be an object with ${keys}`;
    const unknown = issue.keys.map((key) => `"${key}"`).join(', ');
    return `must not have ${unknown}; the valid keys are ${keys}`;
  };
}
