/** A page in Firefox, used as a person does: by what can be read, with mouse and keyboard. */
import type { Bidi } from './bidi.ts';
import { eventually } from './eventually.ts';

interface Node {
  readonly sharedId: string;
}

export class FirefoxPage {
  readonly #bidi: Bidi;
  readonly #context: string;

  static async open(bidi: Bidi, url: string): Promise<FirefoxPage> {
    const { context } = await bidi.request<{ context: string }>('browsingContext.create', {
      type: 'tab',
    });
    // that such a page is complete is never reported
    await bidi.request('browsingContext.navigate', { context, url, wait: 'none' });
    const page = new FirefoxPage(bidi, context);
    const isThere = async () =>
      page.run<boolean>('return location.href === args[0] && document.readyState === "complete"', [
        url,
      ]);
    // while it navigates, there is nothing to run a script in
    await eventually(() => isThere().catch(() => false), `${url} to be loaded`);
    return page;
  }

  private constructor(bidi: Bidi, context: string) {
    this.#bidi = bidi;
    this.#context = context;
  }

  /** Runs a script in the page. @param body of an async function; may use `args`. */
  run<Result>(body: string, args: readonly unknown[] = []): Promise<Result> {
    return this.#bidi.run(this.#context, body, args);
  }

  /** Waits until the page shows a text. */
  async shows(text: string, limitMs?: number): Promise<void> {
    const isShown = () =>
      this.run<boolean>('return document.body.innerText.includes(args[0])', [text]);
    await eventually(isShown, `the page to show "${text}"`, limitMs);
  }

  /** Waits until there is an agent's row in the section of a name, and gives the words that a screen reader says. */
  async row(agent: string, section: string): Promise<string> {
    const find = `
      const row = document.querySelector('li[data-agent="' + args[0] + '"]');
      const isThere = row?.closest('ul').getAttribute('aria-label') === args[1];
      return isThere && row.getAttribute('aria-label');`;
    return eventually(
      () => this.run<string | false>(find, [agent, section]),
      `${agent} to be in "${section}"`,
    );
  }

  /** Waits for what a selector finds. */
  async has(selector: string): Promise<void> {
    const find = 'return document.querySelector(args[0]) !== null';
    await eventually(() => this.run<boolean>(find, [selector]), `${selector} to be there`);
  }

  /** Waits until a selector finds nothing any more. */
  async lacks(selector: string): Promise<void> {
    const find = 'return document.querySelector(args[0]) === null';
    await eventually(() => this.run<boolean>(find, [selector]), `${selector} to be gone`);
  }

  /** Waits for it, then clicks it with the mouse. */
  async click(role: string, name: string): Promise<void> {
    await this.#press(await eventually(() => this.#locate(role, name), `a ${role} "${name}"`));
  }

  /** Clicks what may have gone meanwhile. */
  async clickIfThere(role: string, name: string): Promise<void> {
    const found = await this.#locate(role, name);
    if (found) await this.#press(found).catch(() => undefined);
  }

  /** Types over what a field holds. */
  async fill(name: string, text: string): Promise<void> {
    await this.click('textbox', name);
    await this.run('document.activeElement.select()');
    const keys = text.split('').flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]);
    await this.#act({ type: 'key', id: 'keyboard', actions: keys });
  }

  /** In CSS pixels. */
  async resize(width: number, height: number): Promise<void> {
    const viewport = { width, height };
    await this.#bidi.request('browsingContext.setViewport', { context: this.#context, viewport });
  }

  async close(): Promise<void> {
    await this.#bidi.request('browsingContext.close', { context: this.#context });
  }

  async #locate(role: string, name: string): Promise<Node | undefined> {
    const locator = { type: 'accessibility', value: { role, name } };
    const params = { context: this.#context, locator };
    return (await this.#bidi.request<{ nodes: Node[] }>('browsingContext.locateNodes', params))
      .nodes[0];
  }

  async #press({ sharedId }: Node): Promise<void> {
    await this.#bidi.request('script.callFunction', {
      functionDeclaration: '(element) => element.scrollIntoView({ block: "nearest" })',
      arguments: [{ sharedId }],
      target: { context: this.#context },
      awaitPromise: false,
    });
    const origin = { type: 'element', element: { sharedId } };
    await this.#act({
      type: 'pointer',
      id: 'mouse',
      actions: [
        { type: 'pointerMove', x: 0, y: 0, origin },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ],
    });
  }

  async #act(source: object): Promise<void> {
    await this.#bidi.request('input.performActions', { context: this.#context, actions: [source] });
  }
}
