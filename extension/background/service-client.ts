/** The client of the protocol as a browser needs it: what only a browser knows of failures, and in a person's language. */
import { Client } from '../../protocol/client/client.ts';
import { ServiceError } from '../../protocol/client/errors.ts';
import { t } from '../i18n/common.ts';
import type { Refusal } from '../shared/messages.ts';
import { hasAccess } from './access.ts';

/** @param target an origin, and a token unless there is none yet. */
export function clientFor({ url, token }: { url: string; token?: string }): Client {
  const platform = { fetch: browserFetch };
  return new Client({ url, platform, ...(token !== undefined && { token }) });
}

/** Browsers do not tell why `fetch` failed. Whether we have access, and whether there is a network, can be found out. */
async function browserFetch(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    const { origin, hostname } = new URL(url);
    if (!(await hasAccess(url))) {
      throw new ServiceError('no-access', `No access to ${origin}.`, { url: origin });
    }
    const isLoopback = hostname === 'localhost' || hostname === '127.0.0.1';
    if (navigator.onLine || isLoopback) throw error;
    throw new ServiceError('no-network', 'There is no network.', { url: origin });
  }
}

export function toRefusal(error: unknown): Refusal {
  if (error instanceof ServiceError) {
    return { type: error.type ?? error.kind, detail: detailOf(error) };
  }
  return { type: 'internal', detail: error instanceof Error ? error.message : String(error) };
}

/** What a service says itself stays as it is. */
function detailOf({ kind, type, status, message, url = '' }: ServiceError): string {
  const { host, origin, protocol } = URL.parse(url) ?? {};
  if (type !== undefined || host === undefined || origin === undefined) return message;
  switch (kind) {
    case 'no-network':
    case 'newer-service':
    case 'older-service':
      return t(`refused.${kind}`);
    case 'no-access':
    case 'redirected':
      return t(`refused.${kind}`, { host });
    case 'unreachable':
      // browsers don't tell extensions about certificates, but they show people what is wrong with one
      return protocol === 'https:'
        ? t('refused.untrusted', { host, origin })
        : t('refused.unreachable', { host });
    case 'unavailable':
      return status ? t('refused.unavailable', { host, status: String(status) }) : message;
    case 'not-agentlight':
      return status
        ? t('refused.http', { host, status: String(status) })
        : t('refused.not-agentlight', { host });
    default:
      return message;
  }
}
