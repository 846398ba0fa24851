/** Search in the list. Pure. */

interface Searched {
  readonly name: string;
  readonly host?: string | undefined;
  readonly tags?: readonly string[];
  readonly line?: string;
  readonly title?: string;
}

/** @param search words that must all match, in any field and in any case. */
export function matchesSearch(
  { name, host = '', tags = [], line = '', title = '' }: Searched,
  search: string,
): boolean {
  const text = [name, host, ...tags, line, title].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
