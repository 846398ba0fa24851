/** Listens to whatever a command prints, and finds out by itself what language that is. */
import { eventStreamFor } from './stream-formats.ts';
import { parseObject } from '../json.ts';
import { Lines } from './lines.ts';
import type { Ending, EventStream, Heard, Listener, Said } from './listener.ts';
import { TextListener } from './text-listener.ts';

/** A coding agent says whole files in one line. */
const MAX_LINE_CHARS = 16_000_000;
/** Whatever starts the program may print before it does, but not for ever. */
const MAX_FIRST_LINES = 200;

export class OutputListener implements Listener {
  readonly #text = new TextListener();
  #lines: Lines | undefined = new Lines(MAX_LINE_CHARS);
  #seen = 0;
  #stream: EventStream | undefined;

  hear(stream: 'stdout' | 'stderr', text: string): Heard {
    const lines = stream === 'stdout' ? this.#lines?.push(text) : undefined;
    const said = lines?.flatMap((line) => this.#hearLine(line)) ?? [];
    if (!this.#stream) return { said: this.#text.hear(stream, text), shown: text };
    return { said, shown: stream === 'stdout' ? '' : text };
  }

  end(): Heard & Ending {
    const said = this.#lines?.end().flatMap((line) => this.#hearLine(line)) ?? [];
    const ending = this.#stream ? { said, ...this.#stream.end() } : this.#text.end();
    return { ...ending, shown: '' };
  }

  #hearLine(line: string): readonly Said[] {
    if (!this.#lines) return [];
    const object = parseObject(line);
    if (object) this.#stream ??= eventStreamFor(object);
    if (this.#stream) return object ? this.#stream.hear(object) : [];
    if (line.trim() !== '') this.#seen += 1;
    if (this.#seen === MAX_FIRST_LINES) this.#lines = undefined;
    return [];
  }
}
