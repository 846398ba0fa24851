/** The address of a service, as typed by a person and as the browser grants access to it. */

/**
 * @param typed address with or without a scheme. Defaults to `http`.
 * @returns the origin, such as `http://127.0.0.1:4747`; undefined for an invalid address, or one with credentials.
 */
export function readAddress(typed: string): string | undefined {
  const text = typed.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.parse(withScheme);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  if (url.username !== '' || url.password !== '' || url.hostname === '') return undefined;
  return url.origin;
}

/** @returns the match pattern for an origin, without its port: match patterns have none. */
export function accessPattern(origin: string): string {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}
