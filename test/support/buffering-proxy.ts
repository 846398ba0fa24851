/** A proxy that holds every answer back until it has ended, as some do that look through what passes. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface BufferingProxy {
  readonly url: string;
  /** From now on everything is passed on as it comes. */
  letThrough(): void;
}

/** Closed when the test ends. */
export async function startBufferingProxy(target: string): Promise<BufferingProxy> {
  let isHolding = true;
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '/' } = incoming;
    const forwarded = request(new URL(url, target), { method, headers }, (answer) => {
      const { statusCode = 502, headers: answered } = answer;
      const held: Buffer[] = [];
      if (!isHolding) {
        outgoing.writeHead(statusCode, answered).flushHeaders();
        answer.pipe(outgoing);
        return;
      }
      answer.on('data', (chunk: Buffer) => void held.push(chunk));
      answer.on('end', () => outgoing.writeHead(statusCode, answered).end(Buffer.concat(held)));
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
  return { url: `http://127.0.0.1:${port}`, letThrough: () => void (isHolding = false) };
}
