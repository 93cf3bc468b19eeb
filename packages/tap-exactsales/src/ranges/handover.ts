/** Hands items from several producers to one consumer, which takes them one at a time. */
export class Handover<T> {
  readonly #offered: { readonly item: T; readonly dealtWith: (goOn: boolean) => void }[] = [];
  #failure: { readonly error: unknown } | undefined;
  #isEnded = false;
  #wake: () => void = () => undefined;

  /**
   * Resolves when the consumer has dealt with the item.
   * @returns false if the consumer has stopped, so that no more items are needed
   */
  put(item: T): Promise<boolean> {
    if (this.#isEnded) return Promise.resolve(false);
    return new Promise((dealtWith) => {
      this.#offered.push({ item, dealtWith });
      this.#wake();
    });
  }

  /** Makes the consumer throw an error. Only the first error is thrown. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  async *items(): AsyncGenerator<T> {
    try {
      for (;;) {
        if (this.#failure) throw this.#failure.error;
        const [next] = this.#offered;
        if (next) {
          yield next.item;
          this.#offered.shift();
          next.dealtWith(true);
        } else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#isEnded = true;
      for (const { dealtWith } of this.#offered.splice(0)) dealtWith(false);
    }
  }
}
