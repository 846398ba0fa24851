/** Where the command line finds the service, and the token that it shows there. */
import { readFile } from 'node:fs/promises';
import { ownerTokenFile } from '../access/owner-token.ts';
import { defaultDataDir } from '../config.ts';
import { Client } from '../../protocol/client/client.ts';
import { NoTokenError, UsageError } from './exit-codes.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** @throws UsageError for an address that is none, NoTokenError. */
export async function openClient(env: Env): Promise<Client> {
  return new Client({ url: serviceUrl(env), token: await findToken(env) });
}

/** `AGENTLIGHT_URL`, else the place where a service with this environment listens. */
export function serviceUrl(env: Env): string {
  const given = env['AGENTLIGHT_URL'];
  if (!given)
    return `http://${localHost(env['AGENTLIGHT_HOST'])}:${env['AGENTLIGHT_PORT'] || 4747}`;
  const url = URL.parse(given);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return given;
  throw new UsageError(`AGENTLIGHT_URL is "${given}"; it must be such as http://127.0.0.1:4747.`);
}

/** A service that listens on all addresses is reached on this machine's own. */
function localHost(host: string | undefined): string {
  if (!host || host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** @throws NoTokenError. */
export async function findToken(env: Env): Promise<string> {
  const given = env['AGENTLIGHT_TOKEN'] || env['AGENTLIGHT_OWNER_TOKEN'];
  if (given) return given;
  const file = ownerTokenFile(defaultDataDir(env));
  const token = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new NoTokenError(`Can't read ${file}: ${error.message}.`);
  });
  if (token.trim() !== '') return token.trim();
  throw new NoTokenError(
    `No token: AGENTLIGHT_TOKEN is not set, and no service of this machine has left one in ${file}.\nStart the service with: agentlight serve   (or get a token from its owner: agentlight token create)`,
  );
}
