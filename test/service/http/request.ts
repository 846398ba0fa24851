/** One HTTP request over a connection of its own, as any client could make it, also a wrong one. */
import { once } from 'node:events';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:http';

export interface Sent {
  readonly token?: string | undefined;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Without a length, in chunks. */
  readonly chunked?: boolean;
  readonly headers?: OutgoingHttpHeaders;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export async function send(
  url: string,
  method: string,
  path: string,
  { token, body, chunked = false, headers = {} }: Sent = {},
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const asked = request(url + path, {
    method,
    agent: false,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(text !== undefined && !chunked && { 'Content-Length': Buffer.byteLength(text) }),
      ...headers,
    },
  });
  if (chunked) asked.setHeader('Transfer-Encoding', 'chunked');
  // the service may answer, and close, before it has read all of a body that it refuses
  const broken = new Promise<never>((_, reject) => {
    asked.on('error', (error) => setImmediate(reject, error));
  });
  asked.end(text);
  const [response] = await Promise.race([once(asked, 'response'), broken]);
  response.on('error', () => {});
  response.setEncoding('utf8');
  let received = '';
  for await (const piece of response) received += piece;
  return { status: response.statusCode, headers: response.headers, text: received };
}

/** The JSON of an answer. */
export function jsonOf(answer: Answer): unknown {
  return JSON.parse(answer.text);
}
