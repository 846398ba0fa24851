/** Reads the file that `AGENTLIGHT_WEBHOOKS` names, once, at start; an invalid file stops the start. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { Webhooks } from './adapters/webhooks/webhook-config.ts';
import { webhooksSchema } from './adapters/webhooks/webhook-config.ts';
import { ConfigError } from './config.ts';

// without a locale every message of zod/mini is "Invalid input"
z.config(z.locales.en());

/** @throws ConfigError that names the file and the field, but quotes no content, which may be secret. */
export async function readWebhooks(file: string | undefined): Promise<Webhooks> {
  if (file === undefined) return {};
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`AGENTLIGHT_WEBHOOKS: can't read ${file} (${error.code}).`);
  });
  const checked = webhooksSchema.safeParse(parse(content, file));
  if (checked.success) return checked.data;
  const problems = checked.error.issues.slice(0, 5).map(({ path, message }) => {
    return `${path.map(String).join('.') || 'the whole file'}: ${message}`;
  });
  throw new ConfigError(`AGENTLIGHT_WEBHOOKS: ${file}: ${problems.join('; ')}.`);
}

function parse(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new ConfigError(`AGENTLIGHT_WEBHOOKS: ${file} is not valid JSON.`);
  }
}
