/**
 * Speaks WebDriver BiDi with a browser: https://w3c.github.io/webdriver-bidi/
 *
 * Firefox has it built in, so nothing stands between a test and the browser.
 */

interface Message {
  readonly id?: number | null;
  readonly type: 'success' | 'error' | 'event';
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}

/** What a script gave. */
type ScriptResult =
  | { readonly type: 'success'; readonly result: { readonly value?: string } }
  | { readonly type: 'exception'; readonly exceptionDetails: { readonly text: string } };

export class Bidi {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  /** @param url such as `ws://127.0.0.1:9222`. */
  static async connect(url: string): Promise<Bidi> {
    const socket = new WebSocket(`${url}/session`);
    const opened = Promise.withResolvers<void>();
    socket.addEventListener('open', () => opened.resolve());
    socket.addEventListener('error', () => opened.reject(new Error(`nothing answers at ${url}`)));
    await opened.promise;
    const bidi = new Bidi(socket);
    await bidi.request('session.new', { capabilities: {} });
    return bidi;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#settle(JSON.parse(String(data))));
    socket.addEventListener('close', () => this.#close());
  }

  /** @throws Error with the browser's refusal, or when the browser has ended. */
  request<Result>(method: string, params: object = {}): Promise<Result> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answer.promise as Promise<Result>;
  }

  /**
   * Runs a script in a page, as if a person had just clicked there.
   *
   * @param body of an async function; may use `args`.
   * @returns what it returns, which must be JSON.
   */
  async run<Result>(context: string, body: string, args: readonly unknown[] = []): Promise<Result> {
    const answer = await this.request<ScriptResult>('script.evaluate', {
      expression: `(async (args) => { ${body} })(${JSON.stringify(args)}).then((value) => JSON.stringify(value))`,
      target: { context },
      awaitPromise: true,
      userActivation: true,
    });
    if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text);
    const { value } = answer.result;
    return (value === undefined ? undefined : JSON.parse(value)) as Result;
  }

  /** The browser is free for the next one then. */
  async end(): Promise<void> {
    await this.request('session.end');
    this.#socket.close();
  }

  #settle({ id, type, result, error, message }: Message): void {
    if (id === undefined || id === null) return;
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (type === 'error') answer?.reject(new Error(`${error}: ${message}`));
    else answer?.resolve(result);
  }

  #close(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('The browser has ended.'));
    this.#waiting.clear();
  }
}
