/** Splits text that arrives in pieces into lines. */
export class Lines {
  readonly #maxChars: number;
  /** Pieces of the current line. They are joined once, because joining at each piece would take quadratic time. */
  #pieces: string[] = [];
  #chars = 0;

  /** @param maxChars longer lines are skipped, so that output without line breaks can't fill the memory. */
  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  /** The lines that this piece completes, without their line breaks. */
  push(text: string): readonly string[] {
    const lines = text.split('\n');
    const rest = lines.pop() as string;
    const whole = lines.flatMap((line) => {
      this.#add(line);
      return this.#take();
    });
    this.#add(rest);
    return whole;
  }

  /** The last line, if no line break ended it. */
  end(): readonly string[] {
    return this.#chars === 0 ? [] : this.#take();
  }

  #add(piece: string): void {
    this.#chars += piece.length;
    if (this.#chars > this.#maxChars) this.#pieces = [];
    else if (piece !== '') this.#pieces.push(piece);
  }

  #take(): readonly string[] {
    const line = this.#chars > this.#maxChars ? [] : [this.#pieces.join('')];
    this.#pieces = [];
    this.#chars = 0;
    return line;
  }
}
