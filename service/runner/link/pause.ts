/** A wait that can be cut short. One at a time. */
export class Pause {
  #end: (() => void) | undefined;

  /** Resolves after `ms`, or as soon as `end` is called. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.end(), ms);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  end(): void {
    this.#end?.();
    this.#end = undefined;
  }
}
