/**
 * A proxy that makes of what a service streams what one of another version would stream: whatever an older client
 * does not know is in it.
 */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface NewerService {
  readonly url: string;
  /** From now on. Streams that are open are cut off: their clients come back. */
  become(change: Partial<Version>): void;
  /** Whether each stream, the oldest first, went on exactly behind the cursor that was given. */
  readonly resumed: readonly boolean[];
}

interface Version {
  /** Of the protocol. Default: the service's own. */
  readonly protocol: number | undefined;
  /** Sends what only a newer service would: fields, events and messages. Default: none. */
  readonly hasMore: boolean;
}

type Json = Record<string, unknown>;

/** In every place that the extension reads. */
const MORE = { later: { any: ['thing'] } };

/** Closed when the test ends. */
export async function startNewerService(target: string): Promise<NewerService> {
  let version: Version = { protocol: undefined, hasMore: false };
  const resumed: boolean[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '/' } = incoming;
    const forwarded = request(new URL(url, target), { method, headers }, (answer) => {
      const { statusCode = 502, headers: answered } = answer;
      outgoing.writeHead(statusCode, answered).flushHeaders();
      if (!answered['content-type']?.startsWith('text/event-stream')) {
        answer.pipe(outgoing);
        return;
      }
      let rest = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        const frames = (rest + text).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) outgoing.write(rewrite(frame, version, resumed));
      });
      answer.on('close', () => outgoing.destroy());
    });
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    resumed,
    become(change) {
      version = { ...version, ...change };
      server.closeAllConnections();
    },
  };
}

/** One message of the stream, as the other version would send it. */
function rewrite(frame: string, { protocol, hasMore }: Version, resumed: boolean[]): string {
  const lines = frame.split('\n');
  const name = lines.find((line) => line.startsWith('event: '))?.slice('event: '.length);
  const text = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length);
  if (text === undefined) return `${frame}\n\n`;
  const data = JSON.parse(text) as Json;
  const as = (changes: Json) =>
    `${frame.replace(/^data: .*$/m, () => `data: ${JSON.stringify({ ...data, ...changes })}`)}\n\n`;
  if (name === 'hello') {
    resumed.push(data['resumed'] === true);
    return as({ ...(protocol !== undefined && { protocol }), ...(hasMore && MORE) });
  }
  if (!hasMore) return `${frame}\n\n`;
  if (name !== undefined) return as(MORE);
  // what nobody knows changes nothing, also where it stands before what changes everything
  const unknown = { ...data, type: 'agent.teleported', data: MORE };
  return `event: later\ndata: {}\n\ndata: ${JSON.stringify(unknown)}\n\n${as(MORE)}`;
}

/** What is left for whoever does not know it. */
export function withoutMore(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    key in MORE ? undefined : inner,
  );
}
