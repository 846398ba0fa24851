/** A response that is written to its connection without Node's http, and is the last on it. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

export class PlainResponse {
  readonly socket: Socket;
  readonly #headers: [string, string][] = [];
  headSent = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** For the response's head, whoever writes it. */
  setHeader(name: string, value: string): void {
    this.#headers.push([name, value]);
  }

  /** Begins a body that ends with the connection. */
  writeHead(status: number, headers: Readonly<Record<string, string>>): void {
    this.#write(status, Object.entries(headers));
  }

  /** Writes a whole response, and closes. */
  async send(response: Response): Promise<void> {
    const body = Buffer.from(await response.arrayBuffer());
    if (!this.socket.writable) return;
    const length = ['Content-Length', String(body.length)] as const;
    this.#write(response.status, [...response.headers, length, ['Connection', 'close']]);
    this.socket.end(body);
  }

  #write(status: number, headers: readonly (readonly [string, string])[]): void {
    this.headSent = true;
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nDate: ${new Date().toUTCString()}\r\n`;
    for (const [name, value] of [...this.#headers, ...headers]) head += `${name}: ${value}\r\n`;
    this.socket.write(`${head}\r\n`, 'latin1');
  }
}
