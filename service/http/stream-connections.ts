/**
 * Answers requests for a stream without Node's http, where a connection begins with one.
 *
 * http keeps its parser, request and response for as long as a connection is open, which is most of what an idle
 * reader costs. So what a new connection brings first is looked at, and all but a plain request for a stream is put
 * back and left to http. A stream that is asked for later, on a connection of http's, comes from there.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { PlainResponse } from './plain-response.ts';
import type { StreamRequest } from './stream-request.ts';
import { readStreamRequest } from './stream-request.ts';

export interface StreamConnectionsOptions {
  /** Listens, and takes the connections that are not for streams. */
  readonly server: Server;
  /** The app: resolves when a stream has begun, or with another answer. */
  readonly fetch: (
    request: Request,
    bindings: { readonly outgoing: PlainResponse },
  ) => Response | Promise<Response>;
  readonly logger: Logger;
  /** How long a new connection may say nothing. What it says slowly, http waits for. */
  readonly firstBytesMs: number;
}

export interface StreamConnections {
  /** Closes those that http does not know, as `server.closeAllConnections()` does the others. */
  closeAll(): void;
}

/** To be called before the server listens. */
export function openStreamConnections({
  server,
  fetch,
  logger,
  firstBytesMs,
}: StreamConnectionsOptions): StreamConnections {
  const toHttp = server.listeners('connection');
  const sockets = new Set<Socket>();

  function begin(socket: Socket): void {
    sockets.add(socket);
    // one that only connects, and closes, is closed here as well
    socket.allowHalfOpen = false;
    socket.on('error', ignore);
    socket.on('close', forget);
    socket.setTimeout(firstBytesMs, socket.destroy);
    socket.once('data', look);
  }

  function look(this: Socket, bytes: Buffer): void {
    this.setTimeout(0, this.destroy);
    const wanted = readStreamRequest(bytes);
    if (!wanted) leaveToHttp(this, bytes);
    else {
      answer(this, wanted).catch((error: unknown) => {
        logger.error({ err: error }, 'a request for a stream failed');
        this.destroy();
      });
    }
  }

  /** What comes after the request is not read: the response says that it is the last. */
  async function answer(socket: Socket, request: StreamRequest): Promise<void> {
    const outgoing = new PlainResponse(socket);
    const response = await fetch(request as unknown as Request, { outgoing });
    if (!outgoing.headSent) await outgoing.send(response);
  }

  function leaveToHttp(socket: Socket, bytes: Buffer): void {
    sockets.delete(socket);
    socket.off('error', ignore);
    socket.off('close', forget);
    socket.allowHalfOpen = true;
    socket.pause();
    socket.unshift(bytes);
    for (const listener of toHttp) listener.call(server, socket);
    socket.resume();
  }

  function forget(this: Socket): void {
    sockets.delete(this);
  }

  server.removeAllListeners('connection');
  server.on('connection', begin);
  return {
    closeAll() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** `close` follows. */
function ignore(): void {}
