/** Addresses of the run page, which shows one run, or all runs of an agent. */

/** What a page shows. */
export type PageTarget =
  | { readonly kind: 'run'; readonly service: string; readonly run: string }
  | { readonly kind: 'history'; readonly service: string; readonly agent: string };

/** Path inside the extension. */
export function runPath(service: string, run: string): string {
  return `/run.html?${new URLSearchParams({ service, run }).toString()}`;
}

/** Path inside the extension. */
export function historyPath(service: string, agent: string): string {
  return `/run.html?${new URLSearchParams({ service, agent }).toString()}`;
}

/** @param search part of an address, such as `?service=…&run=…`. @returns undefined when it names no run or agent. */
export function readTarget(search: string): PageTarget | undefined {
  const query = new URLSearchParams(search);
  const [service, run, agent] = ['service', 'run', 'agent'].map((name) => query.get(name));
  if (!service) return undefined;
  if (run) return { kind: 'run', service, run };
  return agent ? { kind: 'history', service, agent } : undefined;
}

/** Parses an http or https address, which is safe to link to; undefined for anything else. */
export function webAddress(text: string | undefined): URL | undefined {
  const url = text === undefined ? null : URL.parse(text);
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined;
}
