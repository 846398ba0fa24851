/** The pages about one run, and about all runs of an agent: where they are, and what an address is about. */

/** What a page shows. */
export type PageTarget =
  | { readonly kind: 'run'; readonly service: string; readonly run: string }
  | { readonly kind: 'history'; readonly service: string; readonly agent: string };

/** Address inside the extension. */
export function runPath(service: string, run: string): string {
  return `/run.html?${new URLSearchParams({ service, run }).toString()}`;
}

/** Address inside the extension. */
export function historyPath(service: string, agent: string): string {
  return `/run.html?${new URLSearchParams({ service, agent }).toString()}`;
}

/** @param search of an address, such as `?service=…&run=…`. @returns undefined when it names nothing. */
export function readTarget(search: string): PageTarget | undefined {
  const query = new URLSearchParams(search);
  const [service, run, agent] = ['service', 'run', 'agent'].map((name) => query.get(name));
  if (!service) return undefined;
  if (run) return { kind: 'run', service, run };
  return agent ? { kind: 'history', service, agent } : undefined;
}

/** The address, if it is one that a browser may follow without harm; undefined for anything else. */
export function webAddress(text: string | undefined): URL | undefined {
  const url = text === undefined ? null : URL.parse(text);
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined;
}
