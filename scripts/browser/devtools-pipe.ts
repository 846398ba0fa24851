/**
 * Speaks the Chrome DevTools Protocol with a browser over its pipe: JSON messages with a zero byte behind each.
 * https://chromedevtools.github.io/devtools-protocol/
 */
import type { Readable, Writable } from 'node:stream';

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export class DevtoolsPipe {
  readonly #toBrowser: Writable;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;
  #unread = '';

  constructor(toBrowser: Writable, fromBrowser: Readable) {
    this.#toBrowser = toBrowser;
    // a browser that has ended reads nothing any more; that is told by `close` of the other direction
    toBrowser.on('error', () => {});
    fromBrowser.setEncoding('utf8');
    fromBrowser.on('data', (text: string) => this.#read(text));
    fromBrowser.on('close', () => this.#close());
  }

  /** @throws Error with the browser's refusal, or when the browser has ended. */
  request<Result>(method: string, params: object = {}): Promise<Result> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    this.#toBrowser.write(`${JSON.stringify({ id, method, params })}\0`);
    return answer.promise as Promise<Result>;
  }

  #read(text: string): void {
    const messages = (this.#unread + text).split('\0');
    this.#unread = messages.pop() ?? '';
    for (const message of messages) this.#settle(JSON.parse(message) as Answer);
  }

  #settle({ id, result, error }: Answer): void {
    if (id === undefined) return;
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) answer?.reject(new Error(error.message));
    else answer?.resolve(result);
  }

  #close(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('The browser has ended.'));
    this.#waiting.clear();
  }
}
