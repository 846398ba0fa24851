/** A TCP proxy in front of the service that simulates network failures. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Proxy {
  readonly url: string;
  /** Connections that clients have opened so far. */
  readonly connections: number;
  /** Nothing goes through any more, though all connections stay open; new ones go through. */
  freeze(): void;
  /** Each time: passes a request with this text on, and cuts the connection before the answer. */
  loseAnswersTo(text: string, times: number): void;
}

/** Closed when the test ends. */
export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let connections = 0;
  let doomed = { text: '', times: 0 };
  const server = createServer((client) => {
    connections += 1;
    const service = connect(Number(targetPort), hostname);
    let isCut = false;
    for (const socket of [client, service]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      // a broken connection is what this is for
      socket.on('error', () => {});
    }
    client.on('data', (chunk) => {
      if (doomed.times > 0 && chunk.includes(doomed.text)) {
        doomed.times -= 1;
        isCut = true;
      }
      service.write(chunk);
    });
    service.on('data', (chunk) => {
      if (isCut) client.destroy();
      else client.write(chunk);
    });
    client.on('close', () => service.end());
    service.on('close', () => client.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    freeze() {
      for (const socket of sockets) socket.pause();
    },
    loseAnswersTo(text, times) {
      doomed = { text, times };
    },
  };
}
