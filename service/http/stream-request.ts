/**
 * Recognises a request for a stream in the form in which clients send it: at once, alone, and plain.
 *
 * It refuses nothing: what is not recognised is left to Node's http, which knows all of HTTP and its errors. So every
 * rule here may be stricter than the standard (RFC 9112), and none may be laxer.
 */

const MAX_HEAD_BYTES = 8_192;
/** Paths and parameters that mean the same before and after a URL is normalised. */
const REQUEST_LINE =
  /^GET (\/v1\/(?:stream|runners\/[a-z0-9][a-z0-9._-]*\/commands)(?:\?[\w.~!$&()*+,;=:@/?%-]*)?) HTTP\/1\.1$/;
const HEADER = /^([\w!#$%&'*+.^`|~-]+):([\t\x20-\x7e]*)$/;
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;
/** With these there is more to come than the head, or something else is wanted than its answer. */
const NOT_PLAIN = ['content-length', 'transfer-encoding', 'trailer', 'expect', 'upgrade'];

/**
 * As much of a web `Request` as Hono reads for a request without a body. A real one, with its signal and its checks,
 * takes longer to make than to answer, when thousands come back at once.
 */
export interface StreamRequest {
  readonly method: 'GET';
  readonly url: string;
  readonly headers: PlainHeaders;
}

/** By name in lower case; none occurs twice. */
class PlainHeaders extends Map<string, string> {
  override get(name: string): string | undefined {
    return super.get(name.toLowerCase());
  }
}

/** @param bytes what a new connection brought first. */
export function readStreamRequest(bytes: Buffer): StreamRequest | undefined {
  if (bytes.length > MAX_HEAD_BYTES) return undefined;
  const text = bytes.toString('latin1');
  const end = text.length - 4;
  if (text.indexOf('\r\n\r\n') !== end || end < 0) return undefined;
  const [requestLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const target = REQUEST_LINE.exec(requestLine)?.[1];
  if (target === undefined) return undefined;
  const headers = new PlainHeaders();
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    const key = name.toLowerCase();
    if (headers.has(key)) return undefined;
    headers.set(key, value.trim());
  }
  const host = headers.get('host') ?? '';
  const url = `http://${host}${target}`;
  if (!HOST.test(host) || !URL.canParse(url)) return undefined;
  if (NOT_PLAIN.some((name) => headers.has(name))) return undefined;
  if (!/^(?:|keep-alive|close)$/i.test(headers.get('connection') ?? '')) return undefined;
  return { method: 'GET', url, headers };
}
