/** Looks at a service from outside: is it there, is it ours, does it let us in, does its stream get through. */
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
/** In this time the beginning of a stream must be here. */
const STREAM_MS = 3_000;
/** Clocks that differ by more make ages and durations look wrong. */
const SKEW_MS = 5_000;

/** What a service says about a token: only as much as is needed. */
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
  const start =
    'Start the service with: agentlight serve   (or say where it is with AGENTLIGHT_URL)';
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
    // it names the host that it was asked as, which a proxy may have changed
    const says = String(json['detail']);
    const todo = 'Or have the proxy pass on the name that the service knows.';
    return [wrong('address', says, todo)];
  }
  const says = `${base} answers with ${status}, but it is not Agentlight.`;
  const todo = 'Another program has this port, or a proxy stands in front: check AGENTLIGHT_URL.';
  return [wrong('address', says, todo)];
}

/** The header has whole seconds. @param middleMs epoch, half-way between the question and the answer. */
export function checkClock(date: string | null, middleMs: number): Finding {
  const theirsMs = Date.parse(date ?? '') + 500;
  if (Number.isNaN(theirsMs)) return ok('clock', 'The service does not tell its time.');
  const skewMs = theirsMs - middleMs;
  if (Math.abs(skewMs) <= SKEW_MS) return ok('clock', 'The clocks agree.');
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const says = `The clock of the service is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this one.`;
  return warning('clock', says, 'Set both by NTP, or ages and durations look wrong.');
}

async function checkDatabase(base: string): Promise<Finding> {
  const answer = await ask(`${base}/readyz`);
  if (answer instanceof Error) {
    return wrong('database', `The service does not say: ${answer.message}.`, 'Look at its log.');
  }
  if (answer.status === 200) return ok('database', 'The database answers.');
  const { detail } = answer.json;
  const says = typeof detail === 'string' ? detail : `The service answers ${answer.status}.`;
  return wrong('database', says, 'Look at the log of the service, and whether PostgreSQL runs.');
}

async function checkInside(client: Client): Promise<Finding[]> {
  const agents = await client.agents().catch((error: Error) => error);
  if (agents instanceof ServiceError && agents.kind === 'unauthorized') {
    const todo =
      'Set AGENTLIGHT_TOKEN to a good one: agentlight token create, where the owner of the service is.';
    return [wrong('token', agents.message, todo)];
  }
  const stream = await checkStream(client);
  const findings = [checkToken(stream.hello, agents), stream.finding];
  if (stream.hello) findings.splice(1, 0, checkVersion(stream.hello.service.version));
  return [...findings, await checkBrowsers(client), checkAgents(agents)];
}

function checkToken(hello: Hello | undefined, agents: readonly Agent[] | Error): Finding {
  if (!hello && agents instanceof Error && !isTokenRefused(agents)) {
    const todo = 'Mend the rest first, then run this again.';
    return warning('token', `Whether the token is good is unknown: ${agents.message}`, todo);
  }
  if (!hello) return ok('token', 'The token is accepted.');
  const { user, scopes } = hello;
  const may = scopes ? `; it may ${scopes.join(', ')}` : '';
  return ok('token', `The token is that of ${user}${may}. It holds until it is revoked.`);
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
    `Nothing of the stream arrived within ${STREAM_MS / 1_000} s: something on the way holds it back.`,
    'Turn buffering off in the proxy (nginx: proxy_buffering off).',
  );
  const beganMs = performance.now();
  try {
    for await (const { hello } of readStream(client, { signal: closing.signal })) {
      if (!hello) break;
      const tookMs = Math.round(performance.now() - beganMs);
      return { finding: ok('stream', `Events get through; the first took ${tookMs} ms.`), hello };
    }
    const todo = 'Something on the way changes it: check the proxy.';
    return { finding: wrong('stream', 'The stream does not begin as it should.', todo) };
  } catch (error) {
    if (closing.signal.aborted) return { finding: buffers };
    const { kind, message } = error as ServiceError;
    if (kind === 'forbidden') {
      const todo = 'Use a token with the scope read.';
      return { finding: warning('stream', 'This token may not read, so this is unknown.', todo) };
    }
    if (kind === 'older-service' || kind === 'newer-service') {
      return { finding: wrong('version', message, 'Until then they do not work together.') };
    }
    return { finding: wrong('stream', message, 'Try again, and look at the proxy.') };
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
    const says = 'Whether a browser is paired can not be seen with this token.';
    return warning('browser', says, 'Run this with the token of the owner.');
  }
  const pair = 'Get a code with: agentlight pair   and enter it in the extension.';
  // exactly what pairing gives
  const paired = answer.tokens.filter(
    ({ scopes, revokedAt }) => revokedAt === undefined && scopes.join() === 'read,operate',
  );
  if (paired.length === 0) return warning('browser', 'No browser is paired.', pair);
  const [latest] = paired.toSorted((a, b) =>
    (b.lastUsedAt ?? '').localeCompare(a.lastUsedAt ?? ''),
  );
  if (latest?.lastUsedAt === undefined) {
    return warning('browser', 'A browser is paired, but has never come.', pair);
  }
  const at = latest.lastUsedAt.slice(0, 16).replace('T', ' ');
  return ok(
    'browser',
    `${paired.length} paired; the last that came is ${latest.label}, ${at} UTC.`,
  );
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
  /** Empty for what is no JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly date: string | null;
}

/** An Error says in a few words why there is no answer. */
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
