/** The address of a service: as a person types it, and as the browser gives access to it. */

/**
 * @returns its origin, such as `http://127.0.0.1:4747`; without a scheme it is http, without a port as the scheme
 *   says. Undefined when it is no address.
 */
export function readAddress(typed: string): string | undefined {
  const text = typed.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.parse(withScheme);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  if (url.username !== '' || url.password !== '' || url.hostname === '') return undefined;
  return url.origin;
}

/** @returns the match pattern for an origin; such patterns have no port. */
export function accessPattern(origin: string): string {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}
