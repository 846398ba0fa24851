/** Checks a service from outside: its address, identity, token and stream. */
import { Client } from '../../../protocol/client/client.ts';
import {
  isTokenRefused,
  parseJson,
  reasonOf,
  ServiceError,
} from '../../../protocol/client/errors.ts';
import { readStream } from '../../../protocol/client/stream.ts';
import type { Agent } from '../../../protocol/fleet/fleet.ts';
import type { Hello } from '../../../protocol/wire/messages.ts';
import { VERSION } from '../../version.ts';
import type { Finding } from './finding.ts';
import { ok, warning, wrong } from './finding.ts';

const ANSWER_MS = 5_000;
/** Limit for the start of the stream. */
const STREAM_MS = 3_000;
/** A larger difference of the clocks distorts ages and durations. */
const SKEW_MS = 5_000;

/** The part of a listed token that the checks need. */
interface ListedToken {
  readonly label: string;
  readonly scopes: readonly string[];
  readonly lastUsedAt?: string;
  readonly revokedAt?: string;
}

/** @param findToken throws an Error if there is none. */
export async function checkService(
  url: string,
  findToken: () => Promise<string>,
): Promise<Finding[]> {
  const base = url.replace(/\/+$/, '');
  const [address, clock] = await checkAddress(base);
  if (address.status === 'wrong' || !clock) return [address];
  const findings = [address, await checkDatabase(base), clock];
  const token = await findToken().catch((error: Error) => error);
  if (token instanceof Error) {
    const [says = '', ...todo] = token.message.split('\n');
    return [...findings, wrong('token', says, todo.join(' '))];
  }
  return [...findings, ...(await checkInside(new Client({ url, token, timeoutMs: ANSWER_MS })))];
}

async function checkAddress(base: string): Promise<[Finding, Finding?]> {
  const start = 'Start the service with: agentlight serve   (or set AGENTLIGHT_URL)';
  const sentMs = Date.now();
  const answer = await ask(`${base}/healthz`);
  if (answer instanceof Error) {
    return [wrong('address', `No answer from ${base}: ${answer.message}.`, start)];
  }
  const middleMs = (sentMs + Date.now()) / 2;
  const { status, json, date } = answer;
  if (json['name'] === 'agentlight') {
    return [ok('address', `${base} is Agentlight.`), checkClock(date, middleMs)];
  }
  if (String(json['type']).endsWith('misdirected-host')) {
    // the detail names the requested host, which a proxy may have changed
    const says = String(json['detail']);
    const todo = 'Or configure the proxy to pass on the name that the service knows.';
    return [wrong('address', says, todo)];
  }
  const says = `${base} answers with ${status}, but it is not Agentlight.`;
  const todo =
    'Another program uses this port, or there is a proxy in front: check AGENTLIGHT_URL.';
  return [wrong('address', says, todo)];
}

/** The `Date` header has whole seconds. @param middleMs epoch, half-way between request and response. */
export function checkClock(date: string | null, middleMs: number): Finding {
  const theirsMs = Date.parse(date ?? '') + 500;
  if (Number.isNaN(theirsMs)) return ok('clock', 'The service sends no time.');
  const skewMs = theirsMs - middleMs;
  if (Math.abs(skewMs) <= SKEW_MS) return ok('clock', 'The clocks agree.');
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const says = `The clock of the service is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this one.`;
  return warning('clock', says, 'Synchronize both by NTP, or ages and durations look wrong.');
}

async function checkDatabase(base: string): Promise<Finding> {
  const answer = await ask(`${base}/readyz`);
  if (answer instanceof Error) {
    return wrong('database', `The service did not answer: ${answer.message}.`, 'Check its log.');
  }
  if (answer.status === 200) return ok('database', 'The database answers.');
  const { detail } = answer.json;
  const says = typeof detail === 'string' ? detail : `The service answers ${answer.status}.`;
  return wrong(
    'database',
    says,
    'Check the log of the service, and whether PostgreSQL is running.',
  );
}

async function checkInside(client: Client): Promise<Finding[]> {
  const agents = await client.agents().catch((error: Error) => error);
  if (agents instanceof ServiceError && agents.kind === 'unauthorized') {
    const todo =
      'Set AGENTLIGHT_TOKEN to a valid token: run agentlight token create as the owner of the service.';
    return [wrong('token', agents.message, todo)];
  }
  const stream = await checkStream(client);
  const findings = [checkToken(stream.hello, agents), stream.finding];
  if (stream.hello) findings.splice(1, 0, checkVersion(stream.hello.service.version));
  return [...findings, await checkBrowsers(client), checkAgents(agents)];
}

function checkToken(hello: Hello | undefined, agents: readonly Agent[] | Error): Finding {
  if (!hello && agents instanceof Error && !isTokenRefused(agents)) {
    const todo = 'Fix the other problems first, then run this again.';
    return warning('token', `The token could not be checked: ${agents.message}`, todo);
  }
  if (!hello) return ok('token', 'The token is accepted.');
  const { user, scopes } = hello;
  const allowed = scopes ? ` with the scopes ${scopes.join(', ')}` : '';
  return ok('token', `The token belongs to ${user}${allowed}. It is valid until it is revoked.`);
}

/** @param version of the service. */
export function checkVersion(version: string): Finding {
  if (version === VERSION) return ok('version', `Both are ${VERSION}.`);
  const says = `The service is ${version}, and this program ${VERSION}.`;
  return warning('version', says, 'They work together; update the older one when you can.');
}

async function checkStream(client: Client): Promise<{ finding: Finding; hello?: Hello }> {
  const closing = new AbortController();
  const timer = setTimeout(() => closing.abort(new Error('late')), STREAM_MS);
  const buffers = wrong(
    'stream',
    `No data from the stream within ${STREAM_MS / 1_000} s: a proxy may buffer it.`,
    'Turn buffering off in the proxy (nginx: proxy_buffering off).',
  );
  const beganMs = performance.now();
  try {
    for await (const { hello } of readStream(client, { signal: closing.signal })) {
      if (!hello) break;
      const tookMs = Math.round(performance.now() - beganMs);
      return { finding: ok('stream', `Events arrive; the first took ${tookMs} ms.`), hello };
    }
    const todo = 'Check whether a proxy changes it.';
    return { finding: wrong('stream', 'The stream does not start with a hello message.', todo) };
  } catch (error) {
    if (closing.signal.aborted) return { finding: buffers };
    const { kind, message } = error as ServiceError;
    if (kind === 'forbidden') {
      const todo = 'Use a token with the scope read.';
      return {
        finding: warning(
          'stream',
          'The stream could not be checked, because this token may not read.',
          todo,
        ),
      };
    }
    if (kind === 'older-service' || kind === 'newer-service') {
      return { finding: wrong('version', message, 'Until then they do not work together.') };
    }
    return { finding: wrong('stream', message, 'Try again, and check the proxy.') };
  } finally {
    clearTimeout(timer);
    closing.abort();
  }
}

async function checkBrowsers(client: Client): Promise<Finding> {
  const answer = await client
    .request<{ tokens: ListedToken[] }>('GET', '/v1/tokens')
    .catch((error: Error) => error);
  if (answer instanceof Error) {
    const says = 'This token can not list paired browsers.';
    return warning('browser', says, 'Use the token of the owner.');
  }
  const pair = 'Get a code with: agentlight pair   and enter it in the extension.';
  // exactly the scopes that pairing grants
  const paired = answer.tokens.filter(
    ({ scopes, revokedAt }) => revokedAt === undefined && scopes.join() === 'read,operate',
  );
  if (paired.length === 0) return warning('browser', 'No browser is paired.', pair);
  const [latest] = paired.toSorted((a, b) =>
    (b.lastUsedAt ?? '').localeCompare(a.lastUsedAt ?? ''),
  );
  if (latest?.lastUsedAt === undefined) {
    return warning('browser', 'A browser is paired but has never connected.', pair);
  }
  const at = latest.lastUsedAt.slice(0, 16).replace('T', ' ');
  return ok('browser', `${paired.length} paired; last connected: ${latest.label}, ${at} UTC.`);
}

function checkAgents(agents: readonly Agent[] | Error): Finding {
  if (agents instanceof Error) {
    return warning('agents', agents.message, 'Use a token with the scope read.');
  }
  if (agents.length === 0) {
    return warning('agents', 'There are no agents yet.', 'Try: agentlight run -- npm test');
  }
  const count = (liveness: Agent['liveness']) =>
    agents.filter((agent) => agent.liveness === liveness).length;
  const says = `${agents.length} known, ${count('live')} connected, ${count('offline')} offline.`;
  return ok('agents', says);
}

interface Answer {
  readonly status: number;
  /** Empty if the body is not a JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly date: string | null;
}

/** Returns an Error with a short message if there is no answer. */
async function ask(url: string): Promise<Answer | Error> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const json = parseJson(await response.text());
    const isObject = typeof json === 'object' && json !== null;
    return {
      status: response.status,
      json: isObject ? (json as Record<string, unknown>) : {},
      date: response.headers.get('date'),
    };
  } catch (error) {
    return new Error(reasonOf(error), { cause: error });
  }
}
