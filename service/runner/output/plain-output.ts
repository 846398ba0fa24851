/** Removes colours and other control sequences from output that arrives in pieces. */
import { stripVTControlCharacters } from 'node:util';

// oxlint-disable no-control-regex -- it parses control characters
/** An incomplete sequence: CSI, OSC, or the escape character alone. */
const UNFINISHED = /\u001b(?:\[[\d;:?]*|\][^\u0007\u001b]*\u001b?)?$/;
/** Longer text is not a sequence. */
const MAX_SEQUENCE_CHARS = 4_000;

export class PlainOutput {
  #rest = '';

  push(piece: string): string {
    const text = this.#rest + piece;
    const at = UNFINISHED.exec(text.slice(-MAX_SEQUENCE_CHARS))?.[0].length ?? 0;
    this.#rest = at === 0 ? '' : text.slice(-at);
    return stripVTControlCharacters(at === 0 ? text : text.slice(0, -at));
  }

  end(): string {
    const rest = stripVTControlCharacters(this.#rest);
    this.#rest = '';
    return rest;
  }
}
